//! A text as it is meant to be read: look-alikes, widths and traditional forms folded to one plain form.
//!
//! Every folded character knows the original character it came from and how it was disguised. Folding is per character, so the
//! map back is exact; a combining sequence that only means something as a whole is not put together.

use crate::finding::Span;
use unicode_normalization::UnicodeNormalization;

/// How a character was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Written {
    /// As it is read.
    Plainly,
    /// In another width or script form that keyboards produce by themselves.
    Widely,
    /// As a look-alike that somebody had to look for.
    Alike,
    /// Plainly, after characters that nobody sees.
    AfterInvisible,
}

/// The folded text.
#[derive(Debug, Default)]
pub(crate) struct Folded {
    pub(crate) text: String,
    /// The folded characters.
    pub(crate) chars: Vec<char>,
    /// Byte of `text` at which each starts.
    bytes: Vec<u32>,
    /// Original character of each.
    origin: Vec<u32>,
    pub(crate) written: Vec<Written>,
    /// Original characters in all.
    length: usize,
}

impl Folded {
    /// Folds a text.
    pub(crate) fn new(text: &str) -> Folded {
        Folded::from_chars(text.chars().enumerate())
    }

    /// Folds characters that stand at given places of an original.
    pub(crate) fn from_chars(chars: impl Iterator<Item = (usize, char)>) -> Folded {
        let mut folded = Folded::default();
        let mut invisible = false;
        for (at, c) in chars {
            folded.length = at + 1;
            if c.is_ascii() || ('\u{4e00}'..='\u{9fff}').contains(&c) {
                let plain = if c.is_ascii() { c.to_ascii_lowercase() } else { simplified(c) };
                let written = folded.after(invisible, plain);
                folded.push(plain, at, written);
                invisible = false;
            } else if is_invisible(c) {
                // A keycap or a variation selector is a look of the character before it.
                if matches!(c, '\u{20e3}' | '\u{fe0f}') {
                    if let (Some(last), Some(w)) = (folded.chars.last(), folded.written.last_mut())
                        && last.is_ascii_digit()
                    {
                        *w = Written::Alike;
                    }
                } else {
                    invisible = true;
                }
            } else {
                folded.fold(c, at, invisible);
                invisible = false;
            }
        }
        folded
    }

    fn fold(&mut self, c: char, at: usize, invisible: bool) {
        let (c, mut written) = match alike(c) {
            Some(plain) => (plain, Written::Alike),
            None => (c, Written::Plainly),
        };
        for plain in std::iter::once(c).nfkc().flat_map(char::to_lowercase) {
            if plain != c && !c.is_uppercase() && plain.is_alphanumeric() {
                written = match c {
                    '\u{ff00}'..='\u{ffef}' | '\u{2e80}'..='\u{33ff}' | '\u{f900}'..='\u{faff}' => {
                        Written::Widely
                    }
                    _ => Written::Alike,
                };
            }
            let written =
                if written == Written::Plainly { self.after(invisible, plain) } else { written };
            self.push(plain, at, written);
        }
    }

    /// Invisible characters hide something only inside a word.
    fn after(&self, invisible: bool, next: char) -> Written {
        let inside = invisible
            && next.is_alphanumeric()
            && self.chars.last().is_some_and(|last| last.is_alphanumeric());
        if inside { Written::AfterInvisible } else { Written::Plainly }
    }

    fn push(&mut self, c: char, at: usize, written: Written) {
        self.bytes.push(self.text.len() as u32);
        self.text.push(c);
        self.chars.push(c);
        self.origin.push(at as u32);
        self.written.push(written);
    }

    /// Folded characters.
    pub(crate) fn len(&self) -> usize {
        self.chars.len()
    }

    /// The folded character that starts at or covers a byte of the text.
    pub(crate) fn at_byte(&self, byte: usize) -> usize {
        self.bytes.partition_point(|&b| (b as usize) < byte)
    }

    /// A stretch of the folded text.
    pub(crate) fn slice(&self, start: usize, end: usize) -> &str {
        let byte = |at: usize| self.bytes.get(at).map_or(self.text.len(), |&b| b as usize);
        &self.text[byte(start)..byte(end)]
    }

    /// Where a folded stretch stands in the original.
    pub(crate) fn span(&self, start: usize, end: usize) -> Span {
        if start >= end || start >= self.len() {
            let at = self.origin.get(start).map_or(self.length, |&o| o as usize);
            return Span { start: at, end: at };
        }
        let last = self.origin[end.min(self.len()) - 1] as usize + 1;
        Span { start: self.origin[start] as usize, end: last }
    }
}

fn is_invisible(c: char) -> bool {
    matches!(c,
        '\u{00ad}' | '\u{034f}' | '\u{061c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{20e3}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{feff}'
        | '\u{ffa0}' | '\u{e0000}'..='\u{e0fff}')
}

/// Look-alikes that compatibility normalisation leaves as they are.
fn alike(c: char) -> Option<char> {
    let letter = |from: u32| char::from_u32('a' as u32 + (c as u32 - from));
    let digit = |from: u32| char::from_u32('1' as u32 + (c as u32 - from));
    match c {
        '\u{1f150}'..='\u{1f169}' => letter(0x1f150),
        '\u{1f170}'..='\u{1f189}' => letter(0x1f170),
        '\u{1f1e6}'..='\u{1f1ff}' => letter(0x1f1e6),
        '\u{2776}'..='\u{277e}' => digit(0x2776),
        '\u{2780}'..='\u{2788}' => digit(0x2780),
        '\u{278a}'..='\u{2792}' => digit(0x278a),
        '\u{24f5}'..='\u{24fd}' => digit(0x24f5),
        '\u{24ff}' | '\u{1f10b}' | '\u{1f10c}' | '〇' => Some('0'),
        '\u{2795}' => Some('+'),
        // Cyrillic and Greek letters that look Latin.
        'а' | 'А' | 'α' | 'Α' => Some('a'),
        'в' | 'В' | 'Β' => Some('b'),
        'с' | 'С' => Some('c'),
        'е' | 'Е' | 'Ε' => Some('e'),
        'н' | 'Н' | 'Η' => Some('h'),
        'і' | 'І' | 'Ι' | 'ι' => Some('i'),
        'ј' => Some('j'),
        'к' | 'К' | 'Κ' => Some('k'),
        'м' | 'М' | 'Μ' => Some('m'),
        'о' | 'О' | 'ο' | 'Ο' => Some('o'),
        'р' | 'Р' | 'ρ' | 'Ρ' => Some('p'),
        'ѕ' => Some('s'),
        'т' | 'Т' | 'Τ' => Some('t'),
        'ѵ' | 'ν' | '∨' | '√' => Some('v'),
        'ԝ' | 'ω' => Some('w'),
        'х' | 'Х' | 'χ' | 'Χ' => Some('x'),
        'у' | 'У' | 'γ' | 'Υ' => Some('y'),
        _ => None,
    }
}

/// Traditional characters of the words looked for, each before its simplified form, in order of their code points.
const TRADITIONAL: &[u8] = concat!(
    "來来係系個个們们傭佣價价億亿優优動动務务區区員员單单圖图團团實实專专對对幣币廠厂廣广後后",
    "從从擊击時时曬晒書书東东條条業业機机測测滬沪漲涨灣湾爾尔現现發发碼码稱称紅红紐纽級级結结",
    "絲丝維维網网線线縣县繫系罰罚聯联職职臉脸萬万蘇苏處处號号術术裏里裡里規规視视覽览訂订記记",
    "訴诉註注詐诈評评話话誠诚說说誰谁論论讀读讓让讚赞貨货買买費费賣卖質质購购贊赞軟软這这進进",
    "過过違违選选還还鄉乡銷销錢钱鎖锁鎮镇長长門门開开間间閱阅關关隊队雲云電电頁页頻频類类騙骗",
    "驗验體体麼么點点",
)
.as_bytes();

/// The simplified form of traditional characters that occur in the words looked for.
fn simplified(c: char) -> char {
    let mut buffer = [0; 4];
    let wanted = c.encode_utf8(&mut buffer).as_bytes();
    // Every character in the table takes three bytes.
    let (mut low, mut high) = (0, TRADITIONAL.len() / 6);
    while low < high {
        let middle = usize::midpoint(low, high);
        let pair = &TRADITIONAL[middle * 6..middle * 6 + 6];
        match pair[..3].cmp(wanted) {
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
            std::cmp::Ordering::Equal => {
                return std::str::from_utf8(&pair[3..])
                    .ok()
                    .and_then(|s| s.chars().next())
                    .unwrap_or(c);
            }
        }
    }
    c
}
