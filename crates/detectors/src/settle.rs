//! The last word on streaming findings: each is scored again against what is usual in the whole table.
//!
//! While events stream in, a finding is scored by priors alone, since no shard knows the others. When all shards are
//! merged the table itself says what is usual; what does not stand against it is dropped here.

use crate::open::sort;
use crate::{Code, Finding, Usual, fanout, net02, seq01, vel01, vel04, wrote};

/// The score from which a finding is kept: more likely than not no usual key.
pub const KEPT_SCORE: f32 = 0.5;

/// Scores findings of streaming detectors from their evidence, drops those that do not stand, and sorts.
pub fn settle(usual: &Usual, findings: &mut Vec<Finding>) {
    wrote::cut(findings);
    for finding in findings.iter_mut() {
        (finding.bits, finding.score) = judge(usual, finding);
    }
    findings.retain(|finding| finding.score >= KEPT_SCORE);
    sort(findings);
}

/// The bits and the score of a finding of a streaming detector, from its evidence against what is usual.
pub(crate) fn judge(usual: &Usual, finding: &Finding) -> (f32, f32) {
    match finding.code {
        Code::Vel01 => vel01::judge(usual, finding),
        Code::Vel02 | Code::Vel03 | Code::Net01 => fanout::judge(usual, finding),
        Code::Net02 => net02::judge(usual, finding),
        Code::Vel04 => vel04::judge(usual, finding),
        Code::Seq01 => seq01::judge(usual, finding),
        // These look at a whole table or at a text by itself, and are settled where they are found.
        Code::Rev01
        | Code::Mem01
        | Code::Syn01
        | Code::Seq02
        | Code::Pay01
        | Code::Log01
        | Code::Ops01
        | Code::Txt01
        | Code::Txt02
        | Code::Txt03
        | Code::Txt04
        | Code::Txt05
        | Code::Txt06
        | Code::Txt07
        | Code::Log02
        | Code::Log03
        | Code::Log04
        | Code::Log05
        | Code::Log06
        | Code::Net04
        | Code::Mem04
        | Code::Pay05
        | Code::Syn03
        | Code::Pay02
        | Code::Pay03
        | Code::Pay04
        | Code::Pay06
        | Code::Pay07
        | Code::Net03
        | Code::Mem02
        | Code::Rev02
        | Code::Rev03
        | Code::Mem03
        | Code::Mem05
        | Code::Seq03
        | Code::Seq04 => (finding.bits, finding.score),
    }
}
