//! Money: what orders that were called fake cost the platform and moved, by shop.

use maud::{Markup, html};

use super::View;
use crate::found::Loss;
use crate::name;
use crate::number;

const SHOPS: usize = 25;

pub(crate) fn render(view: &View) -> Markup {
    let (texts, words) = (&view.texts.money, &view.texts.words);
    let mut rows: Vec<&Loss> = view.model.losses.rows.iter().collect();
    if rows.is_empty() {
        return html! {};
    }
    let total = view.model.losses.total.max(rows.len() as u64);
    rows.sort_by(|a, b| {
        let worst = |loss: &Loss| (loss.subsidy, loss.turnover, loss.held_subsidy);
        worst(b).cmp(&worst(a)).then_with(|| a.owner.cmp(&b.owner))
    });
    rows.truncate(SHOPS);
    html! {
        section #money {
            h2 { (texts.title) }
            p { (texts.lead) }
            table {
                thead { tr {
                    th { (words.owner) } th.num { (texts.orders) } th.num { (texts.turnover) }
                    th.num { (texts.subsidy) } th.num { (texts.repaid) } th.num { (texts.commission) }
                    th.num { (texts.held_orders) } th.num { (texts.held_subsidy) }
                } }
                tbody { @for loss in &rows { tr {
                    td { (name::tag(&loss.owner)) }
                    td.num { (number::count(loss.orders)) }
                    td.num { (number::hundredths(loss.turnover)) }
                    td.num { (number::hundredths(loss.subsidy)) }
                    td.num { (number::hundredths(loss.repaid)) }
                    td.num { (number::hundredths(loss.commission)) }
                    td.num { (number::count(loss.held_orders)) }
                    td.num { (number::hundredths(loss.held_subsidy)) }
                } } }
            }
            (view.cut(rows.len(), total, "summary.json"))
        }
    }
}
