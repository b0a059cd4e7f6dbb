//! The closed catalogue of detectors: code, names, class and page of each.
//!
//! Closed on purpose: results, pages and tests iterate over it, and a code once given is never used for another
//! detector. What is not here cannot appear in a finding.

use crate::{Class, Code};

/// What the catalogue says of a detector.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its code.
    pub code: Code,
    /// The code as written in results.
    pub id: &'static str,
    /// Its name in English.
    pub name_en: &'static str,
    /// Its name in Chinese.
    pub name_zh: &'static str,
    /// The class that its evidence counts for.
    pub class: Class,
    /// Its page.
    pub page: &'static str,
}

/// All detectors, in the order in which their codes were given.
pub const CATALOGUE: [Entry; 43] = [
    entry(
        Code::Vel01,
        "VEL01",
        ("actor rate", "账号行为频率"),
        Class::Device,
        "VEL01-actor-rate.md",
    ),
    entry(
        Code::Vel02,
        "VEL02",
        ("device fan-out", "设备多账号"),
        Class::Device,
        "VEL02-device-fan-out.md",
    ),
    entry(
        Code::Vel03,
        "VEL03",
        ("address fan-out", "网络地址多账号"),
        Class::Infrastructure,
        "VEL03-address-fan-out.md",
    ),
    entry(
        Code::Vel04,
        "VEL04",
        ("subject burst", "对象突增"),
        Class::Synchrony,
        "VEL04-subject-burst.md",
    ),
    entry(
        Code::Seq01,
        "SEQ01",
        ("machine-like timing", "机器节奏"),
        Class::Device,
        "SEQ01-machine-timing.md",
    ),
    entry(
        Code::Rev01,
        "REV01",
        ("near-duplicate text", "近似重复文本"),
        Class::Content,
        "REV01-near-duplicate-text.md",
    ),
    entry(
        Code::Net01,
        "NET01",
        ("shared instruments", "共用支付与收货"),
        Class::Infrastructure,
        "NET01-shared-instruments.md",
    ),
    entry(
        Code::Mem01,
        "MEM01",
        ("bulk registration", "批量注册"),
        Class::Registration,
        "MEM01-bulk-registration.md",
    ),
    entry(
        Code::Syn01,
        "SYN01",
        ("coordinated group", "协同团伙"),
        Class::Synchrony,
        "SYN01-coordinated-group.md",
    ),
    entry(
        Code::Seq02,
        "SEQ02",
        ("shared way to the goods", "相同的下单路径"),
        Class::Path,
        "SEQ02-shared-way.md",
    ),
    entry(
        Code::Pay01,
        "PAY01",
        ("repaid orders", "订单本金返还"),
        Class::Money,
        "PAY01-repaid-orders.md",
    ),
    entry(
        Code::Log01,
        "LOG01",
        ("colluding outlet", "串通网点"),
        Class::Logistics,
        "LOG01-colluding-outlet.md",
    ),
    entry(
        Code::Ops01,
        "OPS01",
        ("overridden prompts", "风控提示被人工放行"),
        Class::Money,
        "OPS01-overridden-prompts.md",
    ),
    entry(
        Code::Txt01,
        "TXT01",
        ("hotline doorway page", "热线门页"),
        Class::Content,
        "TXT01-hotline-doorway.md",
    ),
    entry(
        Code::Txt02,
        "TXT02",
        ("text glued into an article", "正文中粘贴的异文"),
        Class::Content,
        "TXT02-glued-text.md",
    ),
    entry(
        Code::Txt03,
        "TXT03",
        ("advert for bought engagement", "刷量、卡盟交易广告"),
        Class::Content,
        "TXT03-trade-advert.md",
    ),
    entry(
        Code::Txt04,
        "TXT04",
        ("recruitment of brushers", "刷手、有偿好评招募"),
        Class::Content,
        "TXT04-recruitment.md",
    ),
    entry(
        Code::Txt05,
        "TXT05",
        ("hidden contact", "变形隐藏的联系方式"),
        Class::Content,
        "TXT05-hidden-contact.md",
    ),
    entry(
        Code::Txt06,
        "TXT06",
        ("content farm", "内容农场"),
        Class::Content,
        "TXT06-content-farm.md",
    ),
    entry(
        Code::Txt07,
        "TXT07",
        ("generated or templated text", "机器生成或套用模板的文本"),
        Class::Content,
        "TXT07-learnt-text.md",
    ),
    entry(
        Code::Log02,
        "LOG02",
        ("impossible trips", "不可能的物流轨迹"),
        Class::Logistics,
        "LOG02-impossible-trips.md",
    ),
    entry(
        Code::Log03,
        "LOG03",
        ("parcels too light for their goods", "包裹过轻"),
        Class::Logistics,
        "LOG03-light-parcels.md",
    ),
    entry(
        Code::Syn03,
        "SYN03",
        ("metrics mismatch", "指标不相称"),
        Class::Path,
        "SYN03-metrics-mismatch.md",
    ),
    entry(
        Code::Pay02,
        "PAY02",
        ("money in a circle", "资金回流循环"),
        Class::Money,
        "PAY02-money-in-a-circle.md",
    ),
    entry(
        Code::Pay03,
        "PAY03",
        ("orders made for a subsidy", "凑补贴订单"),
        Class::Money,
        "PAY03-orders-for-a-subsidy.md",
    ),
    entry(
        Code::Net02,
        "NET02",
        ("device integrity", "设备真实性"),
        Class::Device,
        "NET02-device-integrity.md",
    ),
    entry(
        Code::Net03,
        "NET03",
        ("rented networks", "机房网络"),
        Class::Infrastructure,
        "NET03-rented-networks.md",
    ),
    entry(
        Code::Mem02,
        "MEM02",
        ("number segments", "号段特征"),
        Class::Registration,
        "MEM02-number-segments.md",
    ),
    entry(
        Code::Rev02,
        "REV02",
        ("rating shift", "评分突变"),
        Class::Content,
        "REV02-rating-shift.md",
    ),
    entry(
        Code::Rev03,
        "REV03",
        ("bad reviews for money", "职业差评索赔"),
        Class::Money,
        "REV03-bad-reviews-for-money.md",
    ),
    entry(
        Code::Mem03,
        "MEM03",
        ("zombie cohort", "僵尸会员批次"),
        Class::Registration,
        "MEM03-zombie-cohort.md",
    ),
    entry(
        Code::Seq03,
        "SEQ03",
        ("provinces covered too evenly", "省份覆盖过匀"),
        Class::Infrastructure,
        "SEQ03-even-provinces.md",
    ),
    entry(
        Code::Log04,
        "LOG04",
        ("strangers' waybills", "串号运单"),
        Class::Logistics,
        "LOG04-strangers-waybills.md",
    ),
    entry(
        Code::Pay04,
        "PAY04",
        ("praise paid for", "付费好评"),
        Class::Money,
        "PAY04-praise-paid-for.md",
    ),
    entry(
        Code::Net04,
        "NET04",
        ("households tied crosswise", "住户交叉共用"),
        Class::Infrastructure,
        "NET04-tied-households.md",
    ),
    entry(
        Code::Mem04,
        "MEM04",
        ("new-customer farm", "新客薅券养号"),
        Class::Registration,
        "MEM04-new-customer-farm.md",
    ),
    entry(
        Code::Pay05,
        "PAY05",
        ("refund ring", "签收后退款团伙"),
        Class::Money,
        "PAY05-refund-ring.md",
    ),
    entry(
        Code::Log05,
        "LOG05",
        ("parcels handed back where they went in", "揽收与签收同一网点"),
        Class::Logistics,
        "LOG05-parcels-handed-back.md",
    ),
    entry(
        Code::Log06,
        "LOG06",
        ("strangers sign together", "异地买家集中签收"),
        Class::Logistics,
        "LOG06-strangers-sign-together.md",
    ),
    entry(
        Code::Seq04,
        "SEQ04",
        ("days without rest", "昼夜不歇"),
        Class::Device,
        "SEQ04-days-without-rest.md",
    ),
    entry(
        Code::Mem05,
        "MEM05",
        ("accounts made for an errand", "一次性小号"),
        Class::Registration,
        "MEM05-accounts-made-for-an-errand.md",
    ),
    entry(
        Code::Pay06,
        "PAY06",
        ("subsidy kept", "退款留补贴"),
        Class::Money,
        "PAY06-subsidy-kept.md",
    ),
    entry(
        Code::Pay07,
        "PAY07",
        ("orders undone", "反复退单"),
        Class::Money,
        "PAY07-orders-undone.md",
    ),
];

const fn entry(
    code: Code,
    id: &'static str,
    (name_en, name_zh): (&'static str, &'static str),
    class: Class,
    page: &'static str,
) -> Entry {
    Entry { code, id, name_en, name_zh, class, page }
}

impl Code {
    /// What the catalogue says of it.
    #[must_use]
    pub fn entry(self) -> &'static Entry {
        &CATALOGUE[self as usize]
    }
}
