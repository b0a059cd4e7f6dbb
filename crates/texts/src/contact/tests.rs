//! Contacts plain and disguised, and what is none.

use super::*;

fn check(text: &str, expected: &[(ContactKind, &str, bool)]) {
    let found: Vec<(ContactKind, String, bool)> =
        contacts(text).into_iter().map(|c| (c.kind, c.value, c.disguise_bits >= 5.0)).collect();
    let expected: Vec<_> = expected.iter().map(|(k, v, d)| (*k, (*v).to_owned(), *d)).collect();
    assert_eq!(found, expected, "{text}");
}

#[test]
fn contacts_in_plain_sight() {
    use ContactKind::*;
    check("电话:400-118-5156", &[(Hotline, "4001185156", false)]);
    check(
        "(1)400-1865-909(点击咨询)(2)400-1865-909",
        &[(Hotline, "4001865909", false), (Hotline, "4001865909", false)],
    );
    check("联系电话13800138000，谢谢", &[(Mobile, "13800138000", false)]);
    check("tel 010-62345678", &[(Landline, "01062345678", false)]);
    check("微信:abc_12345", &[(WeChat, "abc_12345", false)]);
    check("QQ群 123456789", &[(Group, "123456789", false)]);
    check(
        "见https://comm.gevc.com.cn/jishu/202509-4851.html。",
        &[(Link, "comm.gevc.com.cn/jishu/202509-4851.html", false)],
    );
    check("call 1-800-555-0199 today", &[(Hotline, "18005550199", false)]);
    check("mail me at jo@example.org.", &[(Mail, "jo@example.org", false)]);
}

#[test]
fn contacts_in_disguise() {
    use ContactKind::*;
    check("加薇信 abc12345", &[(WeChat, "abc12345", true)]);
    check("➕V：xiao8866", &[(WeChat, "xiao8866", true)]);
    check("扣扣①②③④⑤⑥", &[(Qq, "123456", true)]);
    check("企鹅：壹贰叁四五六七", &[(Qq, "1234567", true)]);
    check("幺三八零零一三八零零零", &[(Mobile, "13800138000", true)]);
    check("1\u{200b}3\u{200b}8\u{200b}00138000", &[(Mobile, "13800138000", true)]);
    check("1*3*8*0*0*1*3*8*0*0*0", &[(Mobile, "13800138000", true)]);
    check("微 信：lao_wang66", &[(WeChat, "lao_wang66", false)]);
    check("shuafen点com", &[(Link, "shuafen.com", true)]);
    check("咨询➕qnk丶59.94 8丶", &[(WeChat, "qnk59948", true)]);
    check("滴我薇 qn k599丶4 8", &[(WeChat, "qnk59948", true)]);
    check("咨询+qnk59948", &[(WeChat, "qnk59948", false)]);
}

#[test]
fn words_and_numbers_that_are_no_contacts() {
    for text in [
        "南极的企鹅很可爱，有10000只",
        "他在村里很有威信",
        "订单号 2025092612345678",
        "时间 2025-09-26 10:30",
        "价格 1,280.50 元，重 3.5kg",
        "用微信app扫一扫付款",
        "累计刷单2000万条，虚假评论4000万条",
        "一二三四五六七，马兰花开二十一",
        "二〇二五年一月一日",
        "微信 iphone 15",
        "咨询+电话都打不通，等了 3 天",
        "联系+确认只要 2 分钟",
    ] {
        check(text, &[]);
    }
}
