//! Measuring by ratio: work and its reference in turn, in many rounds, and the median of both.
//!
//! INVARIANT: each ratio comes of two timings that stand side by side in the same round, so that a machine
//! that slows down slows both.

use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long one work is timed at a stretch: short beside a scheduler's turn, so that on a busy machine a few
/// samples are spoiled and the median is not.
const SLICE: Duration = Duration::from_micros(500);

/// One piece of work to time.
pub struct Work<'a> {
    /// What it is.
    pub name: String,
    /// How many signatures one run verifies (or makes).
    pub signatures: usize,
    /// What it is measured against.
    pub reference: Reference,
    run: Box<dyn FnMut() + 'a>,
}

/// The raw signature work that a row is measured against.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reference {
    /// Raw Ed25519 verification.
    Verify,
    /// Raw Ed25519 signing.
    Sign,
    /// Raw P-256 verification.
    VerifyP256,
}

impl<'a> Work<'a> {
    /// Work that needs so many signatures of the reference's kind.
    pub fn new<T>(
        name: &str,
        reference: Reference,
        signatures: usize,
        mut run: impl FnMut() -> T + 'a,
    ) -> Self {
        let run = Box::new(move || {
            black_box(run());
        });
        Self {
            name: name.to_owned(),
            signatures,
            reference,
            run,
        }
    }

    /// The time of one run in microseconds, over so many runs and one before them that warms up.
    fn time(&mut self, runs: u32) -> f64 {
        (self.run)();
        let start = Instant::now();
        for _ in 0..runs {
            (self.run)();
        }
        start.elapsed().as_secs_f64() * 1e6 / f64::from(runs)
    }

    /// How many runs take about one slice, by the fastest of a few.
    fn runs_in_a_slice(&mut self) -> u32 {
        let fastest = (0..9).map(|_| self.time(1)).fold(f64::INFINITY, f64::min);
        // A run is far longer than a nanosecond, and a slice far shorter than an hour.
        ((SLICE.as_secs_f64() * 1e6 / fastest.max(0.01)) as u32).max(1)
    }
}

/// What came of one row.
#[derive(Debug, Clone)]
pub struct Row {
    /// What was done.
    pub name: String,
    /// The signatures of one run.
    pub signatures: usize,
    /// The time over one raw Ed25519 verification.
    pub of_one_verify: f64,
    /// The time over all the raw signature work that the row needs; none where it needs none.
    pub of_own_work: Option<f64>,
    /// The median time of one run, in microseconds.
    pub micros: f64,
}

/// Times every work in every round beside raw verification and its own reference, until `total` is over;
/// gives the rows and how many rounds there were, at least three.
///
/// `raw` are the three references, in the order of [`Reference`].
pub fn measure(raw: &mut [Work<'_>; 3], works: &mut [Work<'_>], total: Duration) -> (Vec<Row>, usize) {
    let raw_runs: Vec<u32> = raw.iter_mut().map(Work::runs_in_a_slice).collect();
    let runs: Vec<u32> = works.iter_mut().map(Work::runs_in_a_slice).collect();
    let mut samples = vec![Vec::new(); works.len()];
    let (start, mut rounds) = (Instant::now(), 0);
    while rounds < 3 || start.elapsed() < total {
        for ((work, &runs), samples) in works.iter_mut().zip(&runs).zip(&mut samples) {
            let verify = raw[0].time(raw_runs[0]);
            let own = work.reference as usize;
            let reference = if own == 0 {
                verify
            } else {
                raw[own].time(raw_runs[own])
            };
            let micros = work.time(runs);
            samples.push([micros / verify, micros / reference, micros]);
        }
        rounds += 1;
    }
    let row = |(work, samples): (&Work<'_>, &Vec<[f64; 3]>)| {
        let [of_one_verify, of_reference, micros] =
            [0, 1, 2].map(|column| median(samples.iter().map(|sample| sample[column]).collect()));
        let of_own_work = (work.signatures > 0).then(|| of_reference / work.signatures as f64);
        Row {
            name: work.name.clone(),
            signatures: work.signatures,
            of_one_verify,
            of_own_work,
            micros,
        }
    };
    (works.iter().zip(&samples).map(row).collect(), rounds)
}

/// The middle value.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_not_moved_by_one_slow_round() {
        assert_eq!(median(vec![2.0, 900.0, 1.0]), 2.0);
        assert!(median(Vec::new()).is_nan());
    }
}
