//! Goal: each export is read as its shop wrote it, traps and all.
//! Method: a few hand-written rows of each, with the traps; what must come out is written beside them.

mod reading;

use events::{EntityKind, EventTime, Kind};
use reading::{Reading, read_bytes};

fn seconds(reading: &Reading, at: usize) -> i64 {
    reading.events[at].0.time.seconds()
}

#[test]
fn taobao_in_gb18030() {
    let text = "订单编号,买家会员名,买家支付宝账号,买家实际支付金额,订单状态,收货地址,联系手机,订单创建时间,宝贝标题,物流单号,店铺名称\r\n\
        =\"4012345678901234567\",小明2020,xm@example.com,128.50元,交易成功,浙江省杭州市余杭区文一西路969号,'13812345678,2024-05-06 15:08:09,冬季外套，加厚,=\"SF1234\",某旗舰店\r\n\
        =\"4012345678901234568\",t**1,,0.29,\"买家已付款，等待卖家发货\",浙江省***,138****5678,2024/5/6 15:08,冬季外套，加厚,,某旗舰店\r\n\
        =\"4012345678901234569\",,,5,交易关闭,,,0000-00-00 00:00:00,x,,某旗舰店\r\n";
    let (bytes, _, lossy) = encoding_rs::GB18030.encode(text);
    assert!(!lossy && std::str::from_utf8(&bytes).is_err());
    let reading = read_bytes("ExportOrderList.csv", &bytes).expect("a table");
    assert_eq!(reading.mapping, "taobao-orders");
    assert_eq!(reading.events.len(), 2);
    assert_eq!(reading.events[0].1, "4012345678901234567");
    assert_eq!(seconds(&reading, 0), 1_714_979_289, "Chinese time");
    assert_eq!(reading.events[0].0.kind, Kind::Order);
    assert_eq!(reading.events[0].0.amount, Some(12_850));
    assert_eq!(reading.name(EntityKind::Account, 0), "小明2020");
    assert_eq!(reading.name(EntityKind::Subject, 0), "冬季外套，加厚");
    assert_eq!(reading.name(EntityKind::Owner, 0), "某旗舰店");
    assert_eq!(reading.name(EntityKind::Phone, 0), "13812345678");
    assert_eq!(reading.name(EntityKind::PhoneBlock, 0), "1381234");
    assert_eq!(reading.name(EntityKind::Parcel, 0), "SF1234");
    assert_eq!(reading.events[1].0.amount, Some(29));
    // Nickname, telephone and address together tell people apart; each mask alone is shared by strangers.
    assert_eq!(reading.name(EntityKind::Account, 1), "t**1|138****5678|浙江省***");
    for kind in [EntityKind::Phone, EntityKind::Address, EntityKind::Parcel] {
        assert!(reading.events[1].0.key(kind).is_none(), "a mask is nobody: {kind:?}");
    }
    assert!(reading.rejections()[0].starts_with("3 订单创建时间: `0000-00-00"));
}

#[test]
fn douyin_with_sub_orders_in_one_row() {
    let text = "\u{feff}主订单编号,子订单编号,选购商品,商品ID,订单应付金额,收件人,收件人手机号,详细地址,订单提交时间,订单状态,达人ID,快递信息\n\
        \t6901,\t6901;\t6902,红茶;绿茶,\t11;\t12,30.00,##Zm9v##,$$abc$$1$$,##YmFy##,2024-05-06 15:08:09,已完成,,\"SF99-顺丰速运\"\n\
        \t7001,\t7001,红茶,\t11,15.00,李雷,13900001111,上海市浦东新区世纪大道100号,2024-05-06 15:08:10,已发货,d7,\n";
    let reading = read_bytes("douyin.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.mapping, "douyin-orders");
    let ids: Vec<&str> = reading.events.iter().map(|e| e.1.as_str()).collect();
    assert_eq!(ids, ["6901", "6902", "7001"]);
    assert_eq!(reading.name(EntityKind::Subject, 0), "11");
    assert_eq!(reading.name(EntityKind::Subject, 1), "12");
    assert_eq!(reading.events[0].0.order, reading.events[1].0.order);
    let amounts: Vec<_> = reading.events.iter().map(|e| e.0.amount).collect();
    assert_eq!(amounts, [Some(3000), None, Some(1500)], "money is counted once");
    assert!(reading.events[0].0.actor.is_none() && reading.events[0].0.phone.is_none());
    assert_eq!(reading.name(EntityKind::Parcel, 0), "SF99");
    assert_eq!(
        reading.name(EntityKind::Account, 2),
        "李雷|13900001111|上海市浦东新区世纪大道100号"
    );
    assert_eq!(seconds(&reading, 0), 1_714_979_289);
}

#[test]
fn jd_with_masked_telephones() {
    let text = "订单号,商品ID,商品名称,订购数量,下单时间,京东价,订单金额,订单状态,下单帐号,客户姓名,客户地址,联系电话\n\
        =\"290001\",100012,手机壳,1,2024-05-06 15:08:09,19.90,39.80,完成,jd_alice,王*,北京市海淀区中关村大街1号,1******6198\n\
        =\"290001\",100013,贴膜,1,2024-05-06 15:08:09,19.90,39.80,完成,jd_alice,王*,北京市海淀区中关村大街1号,1******6198\n";
    let reading = read_bytes("jd.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.mapping, "jd-orders");
    assert_eq!(reading.events[0].1, "290001/100012");
    assert_eq!(reading.events[1].1, "290001/100013");
    assert_eq!(reading.name(EntityKind::Account, 1), "jd_alice");
    assert!(reading.events[0].0.phone.is_none(), "ten thousand numbers share this mask");
    assert!(reading.events[0].0.address.is_some());
    assert_eq!(reading.counts.masked, 2);
    assert_eq!(reading.events[0].0.amount, Some(1990));
}

#[test]
fn shopify_with_order_columns_on_the_first_line_only() {
    let text = "Name,Email,Financial Status,Currency,Total,Created at,Lineitem quantity,Lineitem name,Lineitem sku,Shipping Street,Shipping Zip,Phone,Vendor,Id\n\
        #1001,Ann@Example.com,paid,USD,30.00,2024-05-06 03:08:09 -0400,1,\"Tea, green\",TEA-G,\"12 Main Street, Apt 4\",'10001,'+1 415 555 0100,Teas,555\n\
        #1001,,,,,2024-05-06 03:08:09 -0400,2,\"Tea, black\",TEA-B,,,,Teas,\n\
        #1002,bob@example.com,paid,JPY,1200,2024-05-06 03:10:00 -0400,1,Mug,MUG,,,,Teas,556\n";
    let reading = read_bytes("orders_export_1.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.mapping, "shopify-orders");
    assert_eq!(reading.events.len(), 3);
    assert_eq!(seconds(&reading, 0), 1_714_979_289);
    for at in [0, 1] {
        assert_eq!(reading.name(EntityKind::Account, at), "ann@example.com");
        assert_eq!(reading.name(EntityKind::Address, at), "12 main street, apt 4|10001");
    }
    assert_eq!(reading.events[0].0.order, reading.events[1].0.order);
    assert_ne!(reading.events[0].0.id, reading.events[1].0.id);
    assert_eq!(reading.name(EntityKind::Subject, 1), "TEA-B");
    assert_eq!(reading.name(EntityKind::Account, 2), "bob@example.com");
    assert!(reading.events[2].0.address.is_none(), "nothing carries over to another order");
    let amounts: Vec<_> = reading.events.iter().map(|e| e.0.amount).collect();
    assert_eq!(amounts, [Some(3000), None, Some(1200)], "yen have no decimals");
}

#[test]
fn judgeme_with_mixed_dates() {
    let text = "title,body,rating,review_date,reviewer_name,reviewer_email,product_id,product_handle,reply,picture_urls\n\
        Great,\"Loved it.\nWould buy again.\",5,31/12/2023,Ann,Ann@x.com,77,tea,,\"a.jpg,b.jpg\"\n\
        ,Fine,4,2024-01-02 10:00:00 UTC,Bob,,,tea,,\n\
        Bad,Meh,1,12/31/2023,Cy,cy@x.com,77,tea,,\n";
    let reading = read_bytes("reviews.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.mapping, "judgeme-reviews");
    assert_eq!(reading.rejections(), [""; 0]);
    assert_eq!(reading.events[0].2, "Great\nLoved it.\nWould buy again.");
    assert_eq!(reading.events[0].0.rating, Some(5.0));
    assert_eq!(reading.name(EntityKind::Account, 0), "ann@x.com");
    assert_eq!(reading.name(EntityKind::Account, 1), "bob");
    assert_eq!(reading.name(EntityKind::Subject, 1), "tea");
    assert_eq!(seconds(&reading, 0), seconds(&reading, 2));
    assert_eq!(seconds(&reading, 1), 1_704_189_600);
}

#[test]
fn plain_tables() {
    let reading =
        read_bytes("s.csv", b"time,user,repository\n2024-05-06,ann,a/b\n").expect("stars");
    assert_eq!(
        (reading.mapping.as_str(), reading.events[0].0.kind),
        ("github-stars", Kind::Favorite)
    );
    assert_eq!(reading.name(EntityKind::Owner, 0), "a");

    let orders = b"orderid,shopid,userid,event_time\n310,8715449,97707522,2019-12-27 00:00:00\n";
    let reading = read_bytes("o.csv", orders).expect("orders");
    assert_eq!((reading.mapping.as_str(), reading.events[0].1.as_str()), ("shopee-orders", "310"));
    assert_eq!(reading.name(EntityKind::Owner, 0), "8715449");

    for header in
        ["userId,movieId,rating,timestamp", "src,dst,rating,time", "reviewer,asin,overall,date"]
    {
        let text = format!("{header}\nu1,i1,-10,1289241911.728\n");
        let reading = read_bytes("r.csv", text.as_bytes()).expect(header);
        let event = reading.events[0].0;
        assert_eq!((reading.mapping.as_str(), event.kind), ("ratings", Kind::Review));
        assert_eq!((event.rating, event.time), (Some(-10.0), EventTime(1_289_241_911_728_000)));
        assert_eq!(reading.name(EntityKind::Account, 0), "u1");
        assert_eq!(reading.name(EntityKind::Subject, 0), "i1");
    }
    let reading =
        read_bytes("c.tsv", b"time\tuser\tmedia\n2024-05-06\tann\tm1\n").expect("comments");
    assert_eq!((reading.mapping.as_str(), reading.events[0].0.kind), ("comments", Kind::Comment));
    let reading =
        read_bytes("v.csv", b"user_id;video_id;time\nann;v1;2024-05-06\n").expect("views");
    assert_eq!((reading.mapping.as_str(), reading.events[0].0.kind), ("views", Kind::View));
}
