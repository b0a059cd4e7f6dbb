//! Goal: courier tracks are read under their own aggregator's codes, since the same number means other things at another.
//! Method: a few hand-written lines of each export with its traps; the contract's statuses are written beside them.

mod reading;

use events::{EntityKind, Kind, ScanStatus};
use reading::{Reading, read_bytes};

fn statuses(reading: &Reading) -> Vec<ScanStatus> {
    reading.events.iter().map(|event| event.0.status).collect()
}

#[test]
fn kuaidi100_tables() {
    // The parcel's own state stands in every line and is not the line's; the number is armoured; one line has a name only.
    let text = "\u{feff}com,nu,state,ftime,context,areaCode,status,statusCode,网点\r\n\
        zhongtong,=\"078301\",3,2024-05-06 15:08:09,【杭州市】 已揽收,CN330106000000,揽收,103,HZ-07\r\n\
        zhongtong,=\"078301\",3,2024-05-06 20:00:00,\"离开【杭州中转】, 发往北京\",CN330100000000,干线,1002,\r\n\
        zhongtong,=\"078301\",3,2024-05-07 08:00:00,到达北京,110108,到达派件城市,,\r\n\
        zhongtong,=\"078301\",3,2024-05-07 09:00:00,投入丰巢,,派件,501,\r\n\
        zhongtong,=\"078301\",3,2024-05-07 19:00:00,已取件,,签收,304,\r\n\
        zhongtong,,3,2024-05-07 19:00:00,没有单号,,签收,3,\r\n";
    let reading = read_bytes("tracks.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.mapping, "kuaidi100");
    use ScanStatus::{Arrived, Collected, Departed, Locker, None, Signed, SignedAgent};
    let expected = [Collected, Departed, Arrived, Locker, SignedAgent];
    assert_eq!(statuses(&reading)[..5], expected);
    assert!(reading.events.iter().all(|event| event.0.kind == Kind::Scan));
    assert_eq!(reading.events[0].0.time.seconds(), 1_714_979_289, "Chinese time");
    assert_eq!(reading.name(EntityKind::Parcel, 0), "078301");
    assert_eq!(reading.name(EntityKind::Point, 0), "HZ-07");
    let region = |at: usize| reading.events[at].0.region;
    assert_eq!(region(0), events::Key::of("330106"));
    assert_eq!(region(2), events::Key::of("110108"));
    assert!(region(3).is_none());

    let lines = "{\"nu\":\"7\",\"com\":\"yt\",\"time\":\"2024-05-06 15:08:09\",\"context\":\"a\",\"statusCode\":3}\n\
        {\"nu\":\"7\",\"com\":\"yt\",\"time\":\"2024-05-06 15:09:09\",\"context\":\"b\",\"statusCode\":null}\n";
    let reading = read_bytes("tracks.jsonl", lines.as_bytes()).expect("a table");
    assert_eq!(reading.mapping, "kuaidi100");
    assert_eq!(statuses(&reading), [Signed, None]);
}

#[test]
fn kdniao_tables() {
    // `AcceptStation` is a sentence and no network point; the order is the shop's own number.
    let text = "OrderCode,ShipperCode,LogisticCode,State,StateEx,AcceptTime,AcceptStation,Location,Action\n\
        O-1,YTO,YT9,3,311,2024/05/06 15:08:09,【深圳】已收件,深圳市,1\n\
        O-1,YTO,YT9,3,311,2024/05/06 23:00:00,到达转运中心,湖州市,2\n\
        O-1,YTO,YT9,3,311,2024/05/07 08:00:00,派件中,北京市,202\n\
        O-1,YTO,YT9,3,311,2024/05/07 12:00:00,已放入快递柜,北京市,211\n\
        O-1,YTO,YT9,3,311,2024/05/07 18:00:00,已签收,北京市,\t311\n";
    let reading = read_bytes("tracks.csv", text.as_bytes()).expect("a table");
    assert_eq!(reading.mapping, "kdniao");
    use ScanStatus::{Collected, Delivering, Departed, Locker, SignedAgent};
    assert_eq!(statuses(&reading), [Collected, Departed, Delivering, Locker, SignedAgent]);
    assert!(reading.events.iter().all(|event| event.0.point.is_none()));
    assert!(reading.events[0].0.order.is_some());
    assert_eq!(reading.events[0].0.region, events::Key::of("440300"));
    assert_eq!(reading.events[0].2, "【深圳】已收件");
}

#[test]
fn the_same_number_means_other_things() {
    let read = |code: &str| {
        let kuaidi =
            format!("nu,com,ftime,context,statusCode\n1,zt,2024-05-06 15:08:09,x,{code}\n");
        let kdniao = format!(
            "LogisticCode,AcceptTime,AcceptStation,Action\n1,2024-05-06 15:08:09,x,{code}\n"
        );
        let status = |text: String| {
            let reading = read_bytes("tracks.csv", text.as_bytes()).expect("a table");
            reading.events[0].0.status
        };
        (status(kuaidi), status(kdniao))
    };
    use ScanStatus::{Arrived, Created, Delivering, Departed, Exception, Refused};
    assert_eq!(read("0"), (Departed, Created), "on its way; no track yet");
    assert_eq!(read("2"), (Exception, Departed), "in difficulty; on its way");
    assert_eq!(read("4"), (Refused, Exception), "sent back at the door; in difficulty");
    assert_eq!(read("10"), (Arrived, Created), "at the customs; waiting to be collected");
    assert_eq!(read("201"), (Exception, Arrived));
    assert_eq!(read("202"), (Exception, Delivering));
}
