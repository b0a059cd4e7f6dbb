//! The mappings that come with the program, and the guess which of them reads a table.
//!
//! A guess goes by the header alone and takes the first mapping in a fixed order, most particular first, so that the
//! same header is always read the same way; whoever runs the program is told which and why.

use crate::binding::{header_name, place, shortened};
use crate::mapping::{Mapping, MappingFault};

/// In the order in which they are tried.
const FILES: [(&str, &str); 17] = [
    ("contract", include_str!("../mappings/contract.toml")),
    ("taobao-orders", include_str!("../mappings/taobao-orders.toml")),
    ("douyin-orders", include_str!("../mappings/douyin-orders.toml")),
    ("jd-orders", include_str!("../mappings/jd-orders.toml")),
    ("shopify-orders", include_str!("../mappings/shopify-orders.toml")),
    ("judgeme-reviews", include_str!("../mappings/judgeme-reviews.toml")),
    ("kuaidi100", include_str!("../mappings/kuaidi100.toml")),
    ("kdniao", include_str!("../mappings/kdniao.toml")),
    ("shopee-orders", include_str!("../mappings/shopee-orders.toml")),
    ("github-stars", include_str!("../mappings/github-stars.toml")),
    ("ratings", include_str!("../mappings/ratings.toml")),
    ("ratings-timeless", include_str!("../mappings/ratings-timeless.toml")),
    ("comments", include_str!("../mappings/comments.toml")),
    ("views", include_str!("../mappings/views.toml")),
    ("interactions", include_str!("../mappings/interactions.toml")),
    ("links", include_str!("../mappings/links.toml")),
    ("texts", include_str!("../mappings/texts.toml")),
];

/// Which mapping reads a table, and why.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    /// The mapping.
    pub mapping: Mapping,
    /// What in the header told.
    pub why: String,
}

impl Mapping {
    /// The names of the mappings that come with the program.
    pub fn names() -> impl Iterator<Item = &'static str> {
        FILES.iter().map(|(name, _)| *name)
    }

    /// The mapping of that name.
    ///
    /// # Errors
    /// There is none of that name; the text lists those that there are.
    pub fn named(name: &str) -> Result<Mapping, MappingFault> {
        let file = FILES.iter().find(|(known, _)| *known == name).ok_or_else(|| {
            let names: Vec<_> = Mapping::names().collect();
            MappingFault(format!("no mapping is named `{name}`; there are: {}", names.join(", ")))
        })?;
        Mapping::parse(file.1)
    }

    /// Picks the mapping for a table by its header.
    ///
    /// # Errors
    /// No mapping fits; the text says what the header holds.
    pub fn guess<S: AsRef<str>>(header: &[S]) -> Result<Guess, MappingFault> {
        let names: Vec<String> = header.iter().map(|name| header_name(name.as_ref())).collect();
        for (_, text) in FILES {
            let mapping = Mapping::parse(text)?;
            if let Some(found) = signs_in(&mapping, &names) {
                let why = format!("the header has {}", found.join(", "));
                return Ok(Guess { mapping, why });
            }
        }
        Err(MappingFault(format!(
            "no built-in mapping reads a table with the columns {}; name one with a mapping file",
            shortened(&names)
        )))
    }
}

/// The columns that give a mapping away, if it has all of its signs here, each in a column of its own.
fn signs_in(mapping: &Mapping, header: &[String]) -> Option<Vec<String>> {
    let mut found: Vec<usize> = Vec::new();
    for sign in &mapping.signs {
        let at =
            sign.iter().filter_map(|name| place(header, name)).find(|at| !found.contains(at))?;
        found.push(at);
    }
    if found.is_empty() || mapping.bind(header).is_err() {
        return None;
    }
    Some(found.into_iter().filter_map(|at| header.get(at).cloned()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_built_in_mapping_parses_and_has_its_own_name_and_signs() {
        for (name, text) in FILES {
            let mapping = Mapping::parse(text).unwrap_or_else(|fault| panic!("{name}: {fault}"));
            assert_eq!(mapping.name, name);
            assert!(!mapping.title.is_empty() && !mapping.signs.is_empty(), "{name}");
        }
        assert!(Mapping::named("nonsense").expect_err("none").0.contains("taobao-orders"));
    }

    #[test]
    fn headers_give_their_mapping_away() {
        for (header, want) in [
            ("id,time,kind,actor,subject", "contract"),
            ("time,kind,actor", "contract"),
            ("订单编号,买家会员名,买家支付宝账号,订单创建时间,宝贝标题", "taobao-orders"),
            (
                "\u{feff}主订单编号,子订单编号,选购商品,订单提交时间,收件人,收件人手机号,详细地址",
                "douyin-orders",
            ),
            ("订单号,商品ID,下单时间,下单帐号,客户地址", "jd-orders"),
            (
                "Name,Email,Financial Status,Created at,Lineitem name,Lineitem sku,Vendor",
                "shopify-orders",
            ),
            (
                "title,body,rating,review_date,reviewer_name,reviewer_email,product_id",
                "judgeme-reviews",
            ),
            ("com,nu,state,ftime,context,areaCode,status,statusCode", "kuaidi100"),
            ("nu,com,time,context", "kuaidi100"),
            ("ShipperCode,LogisticCode,State,AcceptTime,AcceptStation,Location,Action", "kdniao"),
            ("orderid,shopid,userid,event_time", "shopee-orders"),
            ("time,user,repository", "github-stars"),
            ("id,time,user,item,rating", "ratings"),
            ("time,src,dst,rating", "ratings"),
            ("userId,movieId,rating,timestamp", "ratings"),
            ("reviewer,product,overall,date", "ratings"),
            ("reviewerID,asin,overall,unixReviewTime", "ratings"),
            ("user,item,rating", "ratings-timeless"),
            ("time,user,media", "comments"),
            ("user_id,video_id,time", "views"),
            ("user,item,time", "interactions"),
            ("user,item", "links"),
            ("src,dst", "links"),
            ("split,text,label_or", "texts"),
        ] {
            let header: Vec<&str> = header.split(',').collect();
            let guess = Mapping::guess(&header).unwrap_or_else(|fault| panic!("{want}: {fault}"));
            assert_eq!(guess.mapping.name, want, "{header:?}");
            assert!(guess.why.starts_with("the header has "), "{}", guess.why);
        }
        let none = Mapping::guess(&["user", "label"]).expect_err("no table of events");
        assert!(none.0.contains("user, label"), "{none}");
    }
}
