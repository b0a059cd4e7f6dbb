//! What is written about the trade in fakes: offers, calls for brushers, contacts hidden from filters; and, by people who have nothing
//! to do with it, warnings, reports and a shop's own numbers.
//!
//! Words are those of the trade as reported (stores of 卡盟 goods, brushing groups, recruiting posts). They were written
//! before any detector was run on them.

use crate::text::Lot;

/// What a text is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Matter {
    /// Bought engagement, sold.
    Offer,
    /// Work for brushers and paid praise.
    Recruitment,
    /// Something else, beside a contact that filters shall not read.
    Hidden,
    /// A shopper or a reporter on brushing.
    Talk,
    /// A shop's staff, with the shop's number.
    Service,
}

const PLATFORMS: &[&str] =
    &["抖音", "快手", "淘宝", "拼多多", "小红书", "直播间", "视频号", "天猫"];
const WARES: &[&str] =
    &["刷粉", "涨粉", "刷赞", "刷播放量", "补单", "刷销量", "刷好评", "空包代发", "直播间人气"];
const UNITS: &[&str] = &["一千粉", "1000赞", "一万播放", "百单", "100条评论", "千人在线"];
const SELLS: &[&str] = &["专业", "诚信承接", "老店", "厂家直营", "24小时自助下单", "卡盟总站"];
const TERMS: &[&str] =
    &["秒到账", "当天完成", "掉了包补", "真人操作不封号", "量大从优", "支持代理"];
const JOBS: &[&str] = &["刷手", "兼职刷单员", "好评体验官", "试用体验官", "点赞员", "放单员"];
const LURES: &[&str] =
    &["手机就能做", "在家可做", "宝妈学生优先", "不收押金", "时间自由", "新手有人带"];
const PAYS: &[&str] = &["本金当天返", "做完立结", "佣金日结", "货返佣金一起打", "确认收货后返款"];
const TAILS: &[&str] = &["有意的来", "懂的来", "名额不多", "长期有效", "先到先得", "想做的私聊"];
const WISH: &[&str] = &["想要同款的", "需要内部价的", "要货源的", "要更多好看的", "拿便宜货的"];

const TALKS: &[&str] = &[
    "这家的好评一看就是刷的，大家别上当",
    "销量全是刷单刷出来的吧，实物差太远",
    "新闻里说一个刷手群一单给八块，难怪评论都一个样",
    "记者卧底刷单群：组长放单，刷手垫付，空包发货，警方已立案",
    "有人私信让我刷好评给5元红包，我拒绝了并举报",
    "兼职刷单都是骗局，我同学被骗了三千，千万别信",
    "卖家塞卡片让加微信返现五元，我没加，给一星",
    "刷单违法，平台为什么不管管这些刷销量的店",
    "买粉的主播一看就知道，一百万粉直播间才几十人",
    "看了报道才知道涨粉一千只要十几块，难怪数据都假",
    "评论区那些招刷手的能不能封掉，烦死了",
    "市场监管局通报的那家就是靠空包刷单做起来的",
];
const GREETINGS: &[&str] = &["您好，", "亲，", "感谢支持，", "抱歉给您带来不便，", "尊敬的顾客，"];
const HELPS: &[&str] = &["售后问题", "退换货", "安装问题", "发票问题", "尺码咨询", "物流异常"];

impl Matter {
    /// Appends a text.
    pub(crate) fn write(self, lot: &mut Lot, out: &mut String) {
        match self {
            Matter::Offer => offer(lot, out),
            Matter::Recruitment => recruitment(lot, out),
            Matter::Hidden => {
                say(lot, &[WISH], out);
                hidden_contact(lot, out);
                say(lot, &[&["，", " ", "！"], TAILS], out);
            }
            Matter::Talk => talk(lot, out),
            Matter::Service => service(lot, out),
        }
    }
}

fn say(lot: &mut Lot, parts: &[&[&str]], out: &mut String) {
    parts.iter().for_each(|part| out.push_str(lot.one(part)));
}

fn offer(lot: &mut Lot, out: &mut String) {
    say(lot, &[SELLS, PLATFORMS, WARES, &["、", "，", " "], WARES, &["，", "！", " "]], out);
    if lot.below(4) > 0 {
        say(lot, &[UNITS], out);
        out.push_str(&(3 + lot.below(90)).to_string());
        say(lot, &[&["元，", "块，", "r，"]], out);
    }
    say(lot, &[TERMS, &["，", " "]], out);
    match lot.below(4) {
        0 => say(lot, &[TAILS], out),
        1 => hidden_contact(lot, out),
        _ => plain_contact(lot, out),
    }
}

fn recruitment(lot: &mut Lot, out: &mut String) {
    say(
        lot,
        &[&["招", "招募", "诚招", "急招"], JOBS, &["，", "！", " "], LURES, &["，", " "]],
        out,
    );
    if lot.below(5) > 0 {
        say(lot, &[&["一单", "每单"]], out);
        out.push_str(&(4 + lot.below(16)).to_string());
        say(lot, &[&["元，", "块，", "-20元，"]], out);
    }
    say(lot, &[PAYS, &["，", " "]], out);
    match lot.below(4) {
        0 => say(lot, &[TAILS], out),
        1 => hidden_contact(lot, out),
        _ => plain_contact(lot, out),
    }
}

fn plain_contact(lot: &mut Lot, out: &mut String) {
    say(lot, &[&["加微信", "加QQ", "联系QQ", "V信", "微信号"]], out);
    digits(lot, 8, |digit, out| out.push(char::from(b'0' + digit)), out);
}

/// A number that a filter shall not read: other forms of digits, or things between them.
fn hidden_contact(lot: &mut Lot, out: &mut String) {
    say(lot, &[&["+薇", "➕v", "加威", "加扣", "＋徽❤", "球球"]], out);
    match lot.below(4) {
        0 => {
            digits(lot, 8, |digit, out| out.extend(char::from_u32(0xFF10 + u32::from(digit))), out)
        }
        1 => digits(
            lot,
            8,
            |digit, out| out.extend("零一二三四五六七八九".chars().nth(usize::from(digit))),
            out,
        ),
        2 => digits(
            lot,
            8,
            |digit, out| out.extend("⓪①②③④⑤⑥⑦⑧⑨".chars().nth(usize::from(digit))),
            out,
        ),
        _ => digits(
            lot,
            8,
            |digit, out| {
                out.push(char::from(b'0' + digit));
                out.push('.');
            },
            out,
        ),
    }
}

fn digits(lot: &mut Lot, count: usize, write: impl Fn(u8, &mut String), out: &mut String) {
    for at in 0..count {
        let digit = if at == 0 { 1 + lot.below(9) } else { lot.below(10) };
        write(digit as u8, out);
    }
}

fn talk(lot: &mut Lot, out: &mut String) {
    say(lot, &[TALKS], out);
    if lot.below(2) == 0 {
        say(
            lot,
            &[
                &["。", "，", "！"],
                &["求平台严查", "大家擦亮眼睛", "真的服了", "已经举报了", "支持曝光"],
            ],
            out,
        );
    }
}

fn service(lot: &mut Lot, out: &mut String) {
    say(lot, &[GREETINGS, HELPS], out);
    match lot.below(3) {
        0 => {
            out.push_str("请拨打客服热线400-");
            digits(lot, 3, |digit, out| out.push(char::from(b'0' + digit)), out);
            out.push('-');
            digits(lot, 4, |digit, out| out.push(char::from(b'0' + digit)), out);
        }
        1 => {
            out.push_str("请联系店铺客服，电话0571-8");
            digits(lot, 7, |digit, out| out.push(char::from(b'0' + digit)), out);
        }
        _ => out.push_str("请点击商品页右下角联系在线客服"),
    }
    say(lot, &[&["，", "。"], &["工作时间9:00-21:00", "我们会尽快为您处理", "祝您购物愉快"]], out);
}
