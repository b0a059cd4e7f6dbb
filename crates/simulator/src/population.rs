//! The natural crowds that an account belongs to: the false positives to fear.

/// A natural crowd.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
#[allow(missing_docs)] // the words of truth tables
pub enum Population {
    Household,
    Campus,
    Office,
    Locker,
    PublicTerminal,
    Vpn,
    FlashSale,
    CouponRush,
    Viral,
    LiveChat,
    Fanclub,
    Superfan,
    IdolClub,
    DailyPicks,
    OnboardingFollow,
    CampaignReg,
    StandReg,
    Dormant,
    GroupBuy,
    DealGroup,
    LightParcel,
    SmallRefund,
    Rebate,
    FreeOrder,
    Reseller,
    SharedPayment,
    KeenReviewer,
    FriendVote,
    CheckinReview,
    SubsidyTopup,
    Returner,
    Exchange,
    TopUp,
    Player,
    PrivateBrowser,
    BadBatch,
    StrictCritic,
    DefaultPraise,
    BrushingTalk,
    ShopStaff,
    SupportDesk,
    OtherAudience,
    CampusWeek,
    Firm,
    ShiftWorker,
    ShortSleeper,
    NewParent,
    SharedLogin,
    DayAndNightShop,
    Raffle,
    FirstBuyer,
    LinkFollower,
}

impl Population {
    /// Every crowd.
    pub const ALL: [Population; 52] = [
        Population::Household,
        Population::Campus,
        Population::Office,
        Population::Locker,
        Population::PublicTerminal,
        Population::Vpn,
        Population::FlashSale,
        Population::CouponRush,
        Population::Viral,
        Population::LiveChat,
        Population::Fanclub,
        Population::Superfan,
        Population::IdolClub,
        Population::DailyPicks,
        Population::OnboardingFollow,
        Population::CampaignReg,
        Population::StandReg,
        Population::Dormant,
        Population::GroupBuy,
        Population::DealGroup,
        Population::LightParcel,
        Population::SmallRefund,
        Population::Rebate,
        Population::FreeOrder,
        Population::Reseller,
        Population::SharedPayment,
        Population::KeenReviewer,
        Population::FriendVote,
        Population::CheckinReview,
        Population::SubsidyTopup,
        Population::Returner,
        Population::Exchange,
        Population::TopUp,
        Population::Player,
        Population::PrivateBrowser,
        Population::BadBatch,
        Population::StrictCritic,
        Population::DefaultPraise,
        Population::BrushingTalk,
        Population::ShopStaff,
        Population::SupportDesk,
        Population::OtherAudience,
        Population::CampusWeek,
        Population::Firm,
        Population::ShiftWorker,
        Population::ShortSleeper,
        Population::NewParent,
        Population::SharedLogin,
        Population::DayAndNightShop,
        Population::Raffle,
        Population::FirstBuyer,
        Population::LinkFollower,
    ];

    /// The word in truth tables.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Population::Household => "household",
            Population::Campus => "campus",
            Population::Office => "office",
            Population::Locker => "locker",
            Population::PublicTerminal => "public_terminal",
            Population::Vpn => "vpn",
            Population::FlashSale => "flash_sale",
            Population::CouponRush => "coupon_rush",
            Population::Viral => "viral",
            Population::LiveChat => "live_chat",
            Population::Fanclub => "fanclub",
            Population::Superfan => "superfan",
            Population::IdolClub => "idol_club",
            Population::DailyPicks => "daily_picks",
            Population::OnboardingFollow => "onboarding_follow",
            Population::CampaignReg => "campaign_reg",
            Population::StandReg => "stand_reg",
            Population::Dormant => "dormant",
            Population::GroupBuy => "group_buy",
            Population::DealGroup => "deal_group",
            Population::LightParcel => "light_parcel",
            Population::SmallRefund => "small_refund",
            Population::Rebate => "rebate",
            Population::FreeOrder => "free_order",
            Population::Reseller => "reseller",
            Population::SharedPayment => "shared_payment",
            Population::KeenReviewer => "keen_reviewer",
            Population::FriendVote => "friend_vote",
            Population::CheckinReview => "checkin_review",
            Population::SubsidyTopup => "subsidy_topup",
            Population::Returner => "returner",
            Population::Exchange => "exchange",
            Population::TopUp => "top_up",
            Population::Player => "player",
            Population::PrivateBrowser => "private_browser",
            Population::BadBatch => "bad_batch",
            Population::StrictCritic => "strict_critic",
            Population::DefaultPraise => "default_praise",
            Population::BrushingTalk => "brushing_talk",
            Population::ShopStaff => "shop_staff",
            Population::SupportDesk => "support_desk",
            Population::OtherAudience => "other_audience",
            Population::CampusWeek => "campus_week",
            Population::Firm => "firm",
            Population::ShiftWorker => "shift_worker",
            Population::ShortSleeper => "short_sleeper",
            Population::NewParent => "new_parent",
            Population::SharedLogin => "shared_login",
            Population::DayAndNightShop => "day_and_night_shop",
            Population::Raffle => "raffle",
            Population::FirstBuyer => "first_buyer",
            Population::LinkFollower => "link_follower",
        }
    }
}

/// A set of natural crowds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Populations(u64);

impl Populations {
    pub(crate) fn add(&mut self, population: Population) {
        self.0 |= 1 << population as u64;
    }

    pub(crate) fn has(self, population: Population) -> bool {
        self.0 & (1 << population as u64) != 0
    }

    pub(crate) fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The crowds' words, joined as truth tables join them.
    pub(crate) fn words(self) -> String {
        let mine: Vec<&str> =
            Population::ALL.into_iter().filter(|&p| self.has(p)).map(Population::name).collect();
        mine.join(";")
    }
}
