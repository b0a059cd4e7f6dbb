//! A table of texts that lines up, in a terminal and as Markdown.
//!
//! A Chinese character takes two columns in a fixed-width font, so widths are counted as they are shown. The first column
//! is aligned to the left, the others to the right.

use unicode_width::UnicodeWidthStr;

/// A titled table of texts.
#[derive(Clone, Debug, Default)]
pub(crate) struct Grid {
    title: String,
    /// The header first.
    rows: Vec<Vec<String>>,
}

impl Grid {
    pub(crate) fn new(title: &str, header: &[&str]) -> Grid {
        let header = header.iter().map(|h| (*h).to_owned()).collect();
        Grid { title: title.to_owned(), rows: vec![header] }
    }

    /// Adds a row. Cells beyond the header's are cut off, lacking ones are empty.
    pub(crate) fn push(&mut self, mut row: Vec<String>) {
        row.resize(self.rows[0].len(), String::new());
        self.rows.push(row);
    }

    /// Whether there is nothing under the header.
    pub(crate) fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// For a terminal: the title, the header and the rows, two blanks between columns.
    pub(crate) fn plain(&self) -> String {
        let widths = self.widths();
        let mut text = format!("{}\n", self.title);
        for row in &self.rows {
            let cells: Vec<String> =
                row.iter().zip(&widths).enumerate().map(|(i, (c, w))| pad(c, *w, i)).collect();
            text.push_str("  ");
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
        }
        text
    }

    /// As a Markdown table under a heading in bold.
    pub(crate) fn markdown(&self) -> String {
        let widths: Vec<usize> = self.widths().into_iter().map(|w| w.max(3)).collect();
        let mut text = format!("**{}**\n\n", self.title);
        for (at, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> =
                row.iter().zip(&widths).enumerate().map(|(i, (c, w))| pad(c, *w, i)).collect();
            text.push_str(&format!("| {} |\n", cells.join(" | ")));
            if at == 0 {
                let rules: Vec<String> = widths
                    .iter()
                    .enumerate()
                    .map(|(i, w)| match i {
                        0 => "-".repeat(*w),
                        _ => format!("{}:", "-".repeat(w - 1)),
                    })
                    .collect();
                text.push_str(&format!("| {} |\n", rules.join(" | ")));
            }
        }
        text
    }

    fn widths(&self) -> Vec<usize> {
        (0..self.rows[0].len())
            .map(|column| self.rows.iter().map(|r| r[column].width()).max().unwrap_or(0))
            .collect()
    }
}

fn pad(cell: &str, width: usize, column: usize) -> String {
    let blanks = " ".repeat(width.saturating_sub(cell.width()));
    if column == 0 { format!("{cell}{blanks}") } else { format!("{blanks}{cell}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chinese_lines_up() {
        let mut grid = Grid::new("表", &["账号", "n"]);
        grid.push(vec!["a".to_owned(), "10".to_owned()]);
        grid.push(vec!["宿舍区".to_owned()]);
        assert_eq!(grid.plain(), "表\n  账号     n\n  a       10\n  宿舍区\n");
        assert_eq!(
            grid.markdown(),
            "**表**\n\n| 账号   |   n |\n| ------ | --: |\n| a      |  10 |\n| 宿舍区 |     |\n"
        );
    }
}
