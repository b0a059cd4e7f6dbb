//! Measures what examining a text costs: `cargo run --release -p texts --example cost`.

use std::time::Instant;

const ORDINARY: &[&str] = &[
    "物流很快，包装完好，质量不错，和描述的一样，客服态度也好，下次还会再来的。",
    "味道一般，分量有点少，等了快一个小时才上菜，不过服务员态度还可以。",
    "给孩子买的，穿着很合身，面料柔软，洗了一次没有掉色，性价比很高，推荐购买。",
    "手机收到了，屏幕很清晰，电池也耐用，就是充电有点发热，总体满意。",
    "Great product, fast shipping, works exactly as described. Would buy again!",
    "好评",
];
const SUSPECT: &[&str] = &[
    "专业刷赞刷粉，1000粉只要5元，24小时自助下单，➕V：abc8866",
    "客服微信一直不回，退款等了三天，差评",
];

fn main() {
    for (name, texts) in [("ordinary", ORDINARY), ("second look", SUSPECT)] {
        let rounds = if name == "ordinary" { 200_000 } else { 5_000 };
        let mut found = 0;
        for text in texts {
            found += texts::examine(text).len();
        }
        let mut least = f64::MAX;
        for _ in 0..5 {
            let start = Instant::now();
            for _ in 0..rounds {
                for text in texts {
                    found += texts::examine(std::hint::black_box(text)).len();
                }
            }
            least = least.min(start.elapsed().as_nanos() as f64 / (rounds * texts.len()) as f64);
        }
        println!("{name}: {least:.0} ns a text ({found} findings)");
        for text in texts {
            let start = Instant::now();
            for _ in 0..rounds {
                std::hint::black_box(texts::examine(std::hint::black_box(text)));
            }
            let each = start.elapsed().as_nanos() as f64 / rounds as f64;
            println!("  {each:.0} ns, {} bytes: {text}", text.len());
        }
    }
}
