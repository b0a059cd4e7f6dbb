//! What client software says of itself: the family of its system, and tools such as emulators, automation, group control
//! and bare HTTP libraries.
//!
//! Whoever forges the text names none, and people play on emulators, test and automate for good reasons: a tool is a fact
//! about software, never about a person. Words are those under which the products announce themselves; a word counts where
//! it begins a word of the text, in any case of letters.

use crate::Key;
use serde::{Deserialize, Serialize};

/// Bytes of a text that are read: whoever announces itself does so early.
const READ: usize = 512;
/// Softwares remembered: a power of two.
const KNOWN: usize = 1024;

/// What kind of tool a client software says it is.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum Tool {
    /// None.
    #[default]
    None,
    /// A telephone that runs inside a computer.
    Emulator,
    /// Many telephones under one hand.
    GroupControl,
    /// Software that presses keys for a person or a test.
    Automation,
    /// A browser without a screen.
    Headless,
    /// A program that speaks HTTP and is no app of anybody's.
    Library,
}

/// A family of systems, so wide that no device passes from one to another: an Android browser asked for a desktop's page
/// calls itself Linux, a tablet of Apple's a Macintosh.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize,
)]
#[repr(u8)]
pub enum System {
    /// Not said, or several are.
    #[default]
    Unknown,
    /// Windows.
    Windows,
    /// iOS, iPadOS, macOS.
    Apple,
    /// Linux, and Android and HarmonyOS on it.
    Linux,
}

/// What the text of a client software says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Software {
    /// The tool that it is, if it says so.
    pub tool: Tool,
    /// The family of its system.
    pub system: System,
}

/// Where a word counts.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// As a whole word.
    Word,
    /// At the beginning of a word.
    Start,
    /// As the first word of the text: what comes later is a part of somebody's app.
    First,
}

use Place::{First, Start, Word};
use Tool::{Automation, Emulator, GroupControl, Headless, Library};

/// Words, in lower case, by which software gives itself away.
const TOOLS: [(&str, Place, Tool); 76] = [
    // Google's own images of the Android SDK, and the virtual boards under them.
    ("sdk_gphone", Start, Emulator),
    ("google_sdk", Start, Emulator),
    ("sdk_google", Start, Emulator),
    ("android sdk built for", Start, Emulator),
    ("aosp on ia emulator", Start, Emulator),
    ("generic_x86", Start, Emulator),
    ("goldfish", Start, Emulator),
    ("ranchu", Start, Emulator),
    ("vbox86", Start, Emulator),
    ("virtualbox", Start, Emulator),
    // Products that people play on, and that farms run in numbers.
    ("genymotion", Start, Emulator),
    ("bluestacks", Start, Emulator),
    ("mumu", Start, Emulator),
    ("nemu", Word, Emulator),
    ("ldplayer", Start, Emulator),
    ("leidian", Start, Emulator),
    ("雷电模拟器", Start, Emulator),
    ("nox", Word, Emulator),
    ("noxplayer", Start, Emulator),
    ("bignox", Start, Emulator),
    ("夜神", Start, Emulator),
    ("memuplay", Start, Emulator),
    ("microvirt", Start, Emulator),
    ("逍遥模拟器", Start, Emulator),
    ("droid4x", Start, Emulator),
    ("koplayer", Start, Emulator),
    ("windroye", Start, Emulator),
    ("ttvm", Word, Emulator),
    ("vmos", Word, Emulator),
    ("waydroid", Start, Emulator),
    ("redroid", Start, Emulator),
    ("安卓模拟器", Start, Emulator),
    // Racks of telephones under one hand.
    ("群控", Start, GroupControl),
    ("云控", Start, GroupControl),
    ("totalcontrol", Start, GroupControl),
    ("laixi", Start, GroupControl),
    ("scrcpy", Start, GroupControl),
    // Scripts that press keys on a telephone, for tests, for those who cannot, and for hire.
    ("appium", Start, Automation),
    ("uiautomator", Start, Automation),
    ("webdriveragent", Start, Automation),
    ("xcuitest", Start, Automation),
    ("atx-agent", Start, Automation),
    ("airtest", Start, Automation),
    ("monkeyrunner", Start, Automation),
    ("auto.js", Start, Automation),
    ("autojs", Start, Automation),
    ("autox.js", Start, Automation),
    ("hamibot", Start, Automation),
    ("easyclick", Start, Automation),
    ("按键精灵", Start, Automation),
    ("触动精灵", Start, Automation),
    ("touchsprite", Start, Automation),
    ("懒人精灵", Start, Automation),
    ("ankulua", Start, Automation),
    // The same of browsers.
    ("selenium", Start, Automation),
    ("webdriver", Start, Automation),
    ("chromedriver", Start, Automation),
    ("geckodriver", Start, Automation),
    ("puppeteer", Start, Automation),
    ("playwright", Start, Automation),
    ("headlesschrome", Start, Headless),
    ("phantomjs", Start, Headless),
    ("slimerjs", Start, Headless),
    ("htmlunit", Start, Headless),
    // Programs: an app made with one of these names itself first, or is as common as the platform's own app.
    ("python", First, Library),
    ("okhttp", First, Library),
    ("curl", First, Library),
    ("wget", First, Library),
    ("go-http-client", First, Library),
    ("java", First, Library),
    ("apache-httpclient", First, Library),
    ("libwww-perl", First, Library),
    ("guzzlehttp", First, Library),
    ("axios", First, Library),
    ("node-fetch", First, Library),
    ("scrapy", First, Library),
];

/// Words of systems.
const SYSTEMS: [(&str, Place, System); 13] = [
    ("windows", Start, System::Windows),
    ("iphone", Start, System::Apple),
    ("ipad", Start, System::Apple),
    ("ipod", Start, System::Apple),
    ("ios", Word, System::Apple),
    ("macintosh", Start, System::Apple),
    ("mac os", Start, System::Apple),
    ("macos", Start, System::Apple),
    ("darwin", Word, System::Apple),
    ("android", Start, System::Linux),
    ("linux", Start, System::Linux),
    ("harmonyos", Start, System::Linux),
    ("openharmony", Start, System::Linux),
];

impl Tool {
    /// All tools, by their codes.
    const ALL: [Tool; 6] = [Tool::None, Emulator, GroupControl, Automation, Headless, Library];

    /// The tool of a code; none if there is none of it.
    #[must_use]
    pub fn from_code(code: u8) -> Tool {
        Self::ALL.get(usize::from(code)).copied().unwrap_or_default()
    }
}

impl System {
    /// The family of a code; unknown if there is none of it.
    #[must_use]
    pub fn from_code(code: u8) -> System {
        match code {
            1 => System::Windows,
            2 => System::Apple,
            3 => System::Linux,
            _ => System::Unknown,
        }
    }
}

impl Software {
    /// Reads what a text says. Of several tools the first word's stands, of several families none.
    #[must_use]
    pub fn of(text: &str) -> Software {
        let bytes = text.as_bytes();
        let bytes = &bytes[..bytes.len().min(READ)];
        let mut software = Software::default();
        let mut several = false;
        for at in 0..bytes.len() {
            let begins = at == 0 || !bytes[at - 1].is_ascii_alphanumeric() || !bytes[at].is_ascii();
            if !begins || bytes[at] == b' ' {
                continue;
            }
            let here = |word: &str, place: Place| stands(bytes, at, word.as_bytes(), place);
            if software.tool == Tool::None
                && let Some((.., tool)) = TOOLS.iter().find(|(word, place, _)| here(word, *place))
            {
                software.tool = *tool;
            }
            if let Some(found) = SYSTEMS.iter().find(|(word, place, _)| here(word, *place)) {
                several |= software.system != System::Unknown && software.system != found.2;
                software.system = found.2;
            }
        }
        if several {
            software.system = System::Unknown;
        }
        software
    }
}

/// Whether a word stands at a place of the text.
fn stands(bytes: &[u8], at: usize, word: &[u8], place: Place) -> bool {
    let rest = &bytes[at..];
    if rest[0].to_ascii_lowercase() != word[0] || rest.len() < word.len() {
        return false;
    }
    let ends = || rest.get(word.len()).is_none_or(|byte| !byte.is_ascii_alphanumeric());
    rest[..word.len()].eq_ignore_ascii_case(word)
        && match place {
            Place::Word => ends(),
            Place::Start => true,
            Place::First => at == 0 && ends(),
        }
}

/// Softwares met lately; there are few. Forgetting costs reading one again.
#[derive(Debug, Default)]
pub(crate) struct Softwares {
    known: Vec<(Key, Software)>,
}

impl Softwares {
    /// What the text behind a key says.
    pub(crate) fn of(&mut self, key: Key, text: &str) -> Software {
        if self.known.is_empty() {
            self.known.resize(KNOWN, (Key::NONE, Software::default()));
        }
        let slot = &mut self.known[key.0 as usize % KNOWN];
        if slot.0 != key {
            *slot = (key, Software::of(text));
        }
        slot.1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_give_themselves_away() {
        for (text, tool) in [
            ("Mozilla/5.0 (Linux; Android 11; sdk_gphone64_x86_64) Chrome/83", Emulator),
            ("app/8.1 (Android 9; MuMu)", Emulator),
            ("app/8.1 (Android 7; 雷电模拟器)", Emulator),
            ("Dalvik/2.1.0 (Linux; U; Android 7.1; Nox Build/N2G47H)", Emulator),
            ("io.appium.uiautomator2.server", Automation),
            ("Auto.js Pro 9.3", Automation),
            ("Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0", Headless),
            ("python-requests/2.31.0", Library),
            ("curl/8.4.0", Library),
            ("某某群控 3.2", GroupControl),
        ] {
            assert_eq!(Software::of(text).tool, tool, "{text}");
        }
    }

    #[test]
    fn people_name_no_tool() {
        for text in [
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0 Safari/537.36",
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 MicroMessenger/8.0.49",
            "Mozilla/5.0 (Linux; Android 14; POCO F5) AppleWebKit/537.36 Mobile Safari/537.36",
            "Dalvik/2.1.0 (Linux; U; Android 13; V2218A Build/TP1A)",
            "shop/5.2 (HarmonyOS 4.2; ALN-AL00) java/17 curl/7",
            "equinox/1.0 securly/2 nemunoki",
            "",
            "  ",
        ] {
            assert_eq!(Software::of(text).tool, Tool::None, "{text}");
        }
    }

    #[test]
    fn systems_are_told_where_one_is_said() {
        for (text, system) in [
            ("Mozilla/5.0 (Windows NT 10.0; Win64; x64)", System::Windows),
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X)", System::Apple),
            ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)", System::Apple),
            ("Mozilla/5.0 (X11; Linux x86_64)", System::Linux),
            ("app/8.30 (Android 13; V1234)", System::Linux),
            ("Mozilla/5.0 (Windows Phone 10.0; Android 6.0.1)", System::Unknown),
            ("curl/8.4.0", System::Unknown),
        ] {
            assert_eq!(Software::of(text).system, system, "{text}");
        }
    }

    #[test]
    fn any_bytes_are_survived() {
        let long = "雷".repeat(4_000) + "appium";
        assert_eq!(Software::of(&long).tool, Tool::None);
        for text in ["\u{0}", "é", "n", "no", "nox", "群", "\u{fffd}群控"] {
            let _ = Software::of(text);
        }
        assert!(TOOLS.iter().all(|(word, ..)| word.to_lowercase() == *word));
        assert_eq!(Tool::from_code(Library as u8), Library);
        assert_eq!(Tool::from_code(200), Tool::None);
        assert_eq!(System::from_code(System::Linux as u8), System::Linux);
    }
}
