//! Prints what is found in files.
fn main() {
    for path in std::env::args().skip(1) {
        let text = std::fs::read_to_string(&path).expect("a UTF-8 file");
        let chars: Vec<char> = text.chars().collect();
        println!("== {path} {} chars", chars.len());
        for f in texts::scan(&text, texts::Form::guess(&text)) {
            println!("{} {:.2} {:.1}", f.code.code(), f.score, f.bits);
            for s in f.spans.iter().take(5) {
                let line = chars[..s.start].iter().filter(|c| **c == '\n').count() + 1;
                let t: String = chars[s.start..s.end.min(s.start + 90)].iter().collect();
                println!("   {line} {}-{}: {}", s.start, s.end, t.replace('\n', "⏎"));
            }
            let r: Vec<String> = f
                .reasons
                .iter()
                .map(|r| format!("{} ×{} {:+.1}", r.ground.key(), r.count, r.bits))
                .collect();
            println!("   {}", r.join(", "));
        }
    }
}
