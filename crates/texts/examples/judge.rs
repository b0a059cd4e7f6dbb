//! Says for each record of fixture files what is found in it as a document, and as an event where that differs.

fn main() {
    for path in std::env::args().skip(1) {
        let file = std::fs::read_to_string(&path).expect("readable");
        for record in file.split("### ").skip(1) {
            let (head, text) = record.split_once('\n').expect("head");
            let codes: Vec<&str> =
                texts::scan(text, texts::Form::Plain).iter().map(|f| f.code.code()).collect();
            let ex: Vec<&str> = texts::examine(text).iter().map(|f| f.code.code()).collect();
            println!(
                "{head}: {} {}",
                codes.join(","),
                if codes == ex { String::new() } else { format!("event {}", ex.join(",")) }
            );
        }
    }
}
