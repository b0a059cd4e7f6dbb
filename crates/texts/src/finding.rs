//! What is said about a text: a code, how strongly, where it stands, and why.
//!
//! Places are counted in characters (Unicode scalar values) of the text as it was given, not of its folded form, so a reader can
//! point at them. Bits are log-odds: the base-2 logarithm of how much likelier what was seen is from an abuser than from an
//! honest author. [`PRIOR_BITS`] are needed before anything is said.

/// Bits of doubt that evidence has to overcome: one text in a thousand is taken to be abusive beforehand.
pub const PRIOR_BITS: f64 = 10.0;

/// The most spans that a finding keeps; the number of all is in its reasons.
pub const MOST_SPANS: usize = 200;

/// What was found in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TextCode {
    /// TXT01: a hotline's doorway page.
    Doorway,
    /// TXT02: a text glued into another.
    Glued,
    /// TXT03: an offer of brushing, bought engagement or card-platform goods.
    Trade,
    /// TXT04: recruitment of brushers or of paid praise.
    Recruitment,
    /// TXT05: a contact hidden by look-alikes, homophones or separators.
    HiddenContact,
    /// TXT06: a content farm.
    ContentFarm,
}

impl TextCode {
    /// All, in order.
    pub const ALL: [TextCode; 6] = [
        TextCode::Doorway,
        TextCode::Glued,
        TextCode::Trade,
        TextCode::Recruitment,
        TextCode::HiddenContact,
        TextCode::ContentFarm,
    ];

    /// The catalogue's code.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            TextCode::Doorway => "TXT01",
            TextCode::Glued => "TXT02",
            TextCode::Trade => "TXT03",
            TextCode::Recruitment => "TXT04",
            TextCode::HiddenContact => "TXT05",
            TextCode::ContentFarm => "TXT06",
        }
    }

    /// Its name in English.
    #[must_use]
    pub fn english(self) -> &'static str {
        match self {
            TextCode::Doorway => "hotline doorway page",
            TextCode::Glued => "text glued into an article",
            TextCode::Trade => "advert for bought engagement",
            TextCode::Recruitment => "recruitment of brushers",
            TextCode::HiddenContact => "hidden contact",
            TextCode::ContentFarm => "content farm",
        }
    }

    /// Its name in Chinese.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        match self {
            TextCode::Doorway => "热线门页",
            TextCode::Glued => "正文中粘贴的异文",
            TextCode::Trade => "刷量、卡盟交易广告",
            TextCode::Recruitment => "刷手、有偿好评招募",
            TextCode::HiddenContact => "变形隐藏的联系方式",
            TextCode::ContentFarm => "内容农场",
        }
    }
}

/// A stretch of the text, in characters: `start..end`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span {
    /// The first character.
    pub start: usize,
    /// One past the last character.
    pub end: usize,
}

impl Span {
    /// Whether the two share a character.
    #[must_use]
    pub fn touches(self, other: Span) -> bool {
        self.start < other.end && other.start < self.end
    }
}

/// One ground of a finding.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reason {
    /// What was seen.
    pub ground: Ground,
    /// How often.
    pub count: usize,
    /// What it adds to the bits, or takes away.
    pub bits: f64,
}

/// What can be seen in a text that speaks for or against a finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ground {
    /// One contact given again and again.
    RepeatedContact,
    /// Places in bare lists.
    PlaceList,
    /// Places that no longer exist under that name.
    RetiredPlaces,
    /// Words of hotlines.
    HotlineWords,
    /// Lines that open with the same name.
    SameOpening,
    /// Long lists of short items.
    BareList,
    /// Lines of the block that read otherwise than the rest.
    OtherText,
    /// What the block sells.
    Selling,
    /// The article that the block was glued to.
    ArticleBeside,
    /// Things that only a cheat buys.
    TradeTerms,
    /// Words that sell.
    SellingWords,
    /// Prices.
    Prices,
    /// A contact or link.
    Contacts,
    /// Words of reporting, law and warning.
    Reporting,
    /// Words inside quotation marks.
    Quoted,
    /// Tasks that a brusher is given.
    Tasks,
    /// How a brusher is paid.
    Pay,
    /// Something free, or money back.
    Reward,
    /// Praise that is asked for.
    AskedPraise,
    /// A call to get in touch.
    Call,
    /// Characters that stand for others.
    LookAlikes,
    /// Words that sound like others.
    Homophones,
    /// Characters that separate what belongs together.
    Separators,
    /// Characters that nobody sees.
    Invisible,
    /// Offers of trade on a page.
    TradeLinks,
    /// Comments that praise the page itself.
    SelfPraise,
    /// Comments on one day.
    OneDay,
    /// Comments by the author of the page.
    OwnComments,
    /// The notice that such pages end with.
    Notice,
    /// Passages that stand twice.
    SaidTwice,
    /// Law and compliance beside the trade.
    Compliance,
    /// Posts with a date and a count.
    CountedPosts,
}

macro_rules! named {
    ($ground:ident, $key:literal, $english:literal, $chinese:literal) => {
        (Ground::$ground, $key, concat!($key, "_bits"), $english, $chinese)
    };
}

/// Each ground with its names for machines (itself, and its bits), in English and in Chinese, in the order of [`Ground`].
const NAMES: &[(Ground, &str, &str, &str, &str)] = &[
    named!(RepeatedContact, "repeated_contact", "one contact repeated", "同一联系方式反复出现"),
    named!(PlaceList, "place_list", "different places in bare lists", "罗列的不同地名"),
    named!(
        RetiredPlaces,
        "retired_places",
        "places that were renamed or dissolved",
        "已撤并或更名的地名"
    ),
    named!(HotlineWords, "hotline_words", "hotline and service words", "热线、售后类词语"),
    named!(SameOpening, "same_opening", "lines with the same opening", "开头相同的行"),
    named!(BareList, "bare_list", "items in bare lists", "罗列的短词"),
    named!(OtherText, "other_text", "lines that read like another text", "与其余文字不是一类的行"),
    named!(Selling, "selling", "signs of selling inside the block", "块内的推销迹象"),
    named!(ArticleBeside, "article_beside", "sentences of the article beside it", "旁边正文的句子"),
    named!(TradeTerms, "trade_terms", "names of bought engagement", "刷量、卡盟类商品词"),
    named!(SellingWords, "selling_words", "words that sell", "推销用语"),
    named!(Prices, "prices", "prices", "报价"),
    named!(Contacts, "contacts", "contacts", "联系方式"),
    named!(Reporting, "reporting", "words of reporting or law", "报道、法律用语"),
    named!(Quoted, "quoted", "words inside quotation marks", "引号内的词语"),
    named!(Tasks, "tasks", "tasks of a brusher", "刷手任务词"),
    named!(Pay, "pay", "pay by the task", "按单结算的报酬"),
    named!(Reward, "reward", "something free or money back", "免费或返现"),
    named!(AskedPraise, "asked_praise", "praise that is asked for", "指定的好评"),
    named!(Call, "call", "a call to get in touch", "招揽用语"),
    named!(LookAlikes, "look_alikes", "characters that stand for others", "形近、变体字符"),
    named!(Homophones, "homophones", "words that sound like others", "谐音、代称"),
    named!(Separators, "separators", "separators inside", "夹杂的分隔符"),
    named!(Invisible, "invisible", "invisible characters", "不可见字符"),
    named!(TradeLinks, "trade_links", "offers beside the article", "文旁的交易链接"),
    named!(SelfPraise, "self_praise", "comments that praise the page itself", "自夸评论"),
    named!(OneDay, "one_day", "comments on one day", "同一天的评论"),
    named!(OwnComments, "own_comments", "comments by the page's author", "作者自评"),
    named!(Notice, "notice", "the stock notice of contributed pages", "投稿免责套话"),
    named!(SaidTwice, "said_twice", "passages that stand twice", "重复出现的段落"),
    named!(Compliance, "compliance", "words of law beside the trade", "与交易并存的合规用语"),
    named!(
        CountedPosts,
        "counted_posts",
        "posts with a date and a count beside",
        "带日期与计数的帖子列表"
    ),
];

impl Ground {
    /// Its name for machines.
    #[must_use]
    pub fn key(self) -> &'static str {
        NAMES[self as usize].1
    }

    /// The name of its bits for machines.
    #[must_use]
    pub fn bits_key(self) -> &'static str {
        NAMES[self as usize].2
    }

    /// What it is, in English.
    #[must_use]
    pub fn english(self) -> &'static str {
        NAMES[self as usize].3
    }

    /// What it is, in Chinese.
    #[must_use]
    pub fn chinese(self) -> &'static str {
        NAMES[self as usize].4
    }
}

/// What was found, where, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct TextFinding {
    /// What.
    pub code: TextCode,
    /// How sure, in [0, 1].
    pub score: f64,
    /// The evidence in bits, before the prior is taken off.
    pub bits: f64,
    /// Where, in order, not overlapping; at most [`MOST_SPANS`].
    pub spans: Vec<Span>,
    /// Why, strongest first.
    pub reasons: Vec<Reason>,
}

impl TextFinding {
    /// A finding if the reasons overcome the prior.
    pub(crate) fn weigh(code: TextCode, spans: Vec<Span>, reasons: Vec<Reason>) -> Option<Self> {
        let bits: f64 = reasons.iter().map(|r| r.bits).sum();
        (bits >= PRIOR_BITS && !spans.is_empty())
            .then(|| TextFinding::of(code, bits, spans, reasons))
    }

    fn of(code: TextCode, bits: f64, mut spans: Vec<Span>, mut reasons: Vec<Reason>) -> Self {
        spans.sort();
        spans.dedup();
        spans.truncate(MOST_SPANS);
        reasons.retain(|r| r.count > 0);
        reasons.sort_by(|a, b| b.bits.total_cmp(&a.bits).then(a.ground.cmp(&b.ground)));
        TextFinding { code, score: score(bits), bits, spans, reasons }
    }
}

/// The odds that bits leave after the prior, as a share.
pub(crate) fn score(bits: f64) -> f64 {
    let odds = (bits - PRIOR_BITS).clamp(-60.0, 60.0).exp2();
    odds / (1.0 + odds)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_stand_in_the_order_of_the_grounds() {
        for (at, (ground, key, ..)) in NAMES.iter().enumerate() {
            assert_eq!(*ground as usize, at, "{key}");
        }
        assert_eq!(NAMES.len(), Ground::CountedPosts as usize + 1);
    }

    #[test]
    fn scores_are_shares_and_the_prior_is_even_odds() {
        assert!((score(PRIOR_BITS) - 0.5).abs() < 1e-12);
        for bits in [f64::MIN, -1.0, 0.0, 1e9, f64::MAX] {
            assert!((0.0..=1.0).contains(&score(bits)));
        }
    }
}
