//! Computes the interval of a computer. Times are folded as they come, in bounded memory.
//!
//! Logs arrive oldest first, newest first (as Event Viewer exports them), or as several rotated
//! files in sequence. A window of times is therefore sorted before it is folded, in the direction
//! of the log. A time that comes too late for the window begins a new run, and a gap in one run is
//! checked against the other runs. For up to [`WINDOW`] times of a computer, everything is exact.

use std::collections::BTreeMap;

/// The number of times that are held back for sorting.
const WINDOW: usize = 1024;
/// Events within this many seconds are one attempt, because several chains may be built at once.
const BURST: u64 = 2;
/// The number of the longest gaps that are kept.
const GAPS: usize = 16;
/// The number of separate runs that are kept.
const RUNS: usize = 64;

/// The intervals of one computer.
#[derive(Clone, Debug, Default)]
pub(super) struct Rhythm {
    window: Vec<i64>,
    run: Option<Run>,
    runs: Vec<(i64, i64)>,
    gaps: Vec<(i64, i64)>,
    intervals: Histogram,
}

/// A part of the log whose times go in one direction.
#[derive(Clone, Copy, Debug)]
struct Run {
    backward: bool,
    first: i64,
    last: i64,
    /// The first time of the attempt that `last` belongs to.
    attempt: i64,
}

impl Rhythm {
    /// Adds the time of one event, in seconds.
    pub(super) fn see(&mut self, time: i64) {
        let late =
            self.run.is_some_and(|run| time != run.last && (time < run.last) != run.backward);
        if late {
            self.end_run();
        }
        self.window.push(time);
        if self.window.len() >= WINDOW {
            self.fold(WINDOW / 2);
        }
    }

    /// The intervals, after the last event.
    pub(super) fn finish(mut self) -> Folded {
        self.end_run();
        let Self { mut runs, gaps, intervals, .. } = self;
        runs.sort_unstable();
        let in_order = runs.len() < 2;
        // A gap in one run does not count if another run has events in it.
        let mut gaps: Vec<_> = gaps
            .into_iter()
            .filter(|gap| {
                !runs.iter().any(|run| run.0 < gap.1 && run.1 > gap.0 && !around(*run, *gap))
            })
            .collect();
        // There may also be gaps between runs.
        let mut covered = runs.first().map_or(0, |run| run.1);
        for &(first, last) in &runs {
            if first > covered {
                gaps.push((covered, first));
            }
            covered = covered.max(last);
        }
        gaps.sort_unstable();
        Folded { gaps, intervals, in_order }
    }

    /// Folds the first `count` times of the window, in the direction of the run.
    fn fold(&mut self, count: usize) {
        let backward = match self.run {
            Some(run) => run.backward,
            // Times that all fit into the window have no direction.
            None => count < self.window.len() && self.window.first() > self.window.last(),
        };
        self.window.sort_unstable();
        if backward {
            self.window.reverse();
        }
        let rest = self.window.split_off(count.min(self.window.len()));
        for time in core::mem::replace(&mut self.window, rest) {
            self.fold_one(time, backward);
        }
    }

    fn fold_one(&mut self, time: i64, backward: bool) {
        let Some(run) = &mut self.run else {
            self.run = Some(Run { backward, first: time, last: time, attempt: time });
            return;
        };
        if time.abs_diff(run.attempt) > BURST {
            self.intervals.add(time.abs_diff(run.attempt));
            self.gaps.push((time.min(run.last), time.max(run.last)));
            run.attempt = time;
        }
        run.last = time;
        if self.gaps.len() >= 2 * GAPS {
            // The longest come first; of equally long ones, the earliest.
            self.gaps
                .sort_unstable_by_key(|&(from, to)| (core::cmp::Reverse(to.abs_diff(from)), from));
            self.gaps.truncate(GAPS);
        }
    }

    fn end_run(&mut self) {
        self.fold(usize::MAX);
        if let Some(run) = self.run.take() {
            self.runs.push((run.first.min(run.last), run.first.max(run.last)));
        }
        if self.runs.len() > RUNS {
            // The number of runs is bounded. Beyond it, the two runs that are closest in time are
            // joined.
            self.runs.sort_unstable();
            let nearest = self.runs.windows(2).enumerate().min_by_key(|(_, pair)| match pair {
                [(_, end), (start, _)] => start.saturating_sub(*end),
                _ => i64::MAX,
            });
            if let Some((index, _)) = nearest {
                let next = self.runs.remove(index + 1);
                if let Some(run) = self.runs.get_mut(index) {
                    run.1 = run.1.max(next.1);
                }
            }
        }
    }
}

/// Whether a run covers the whole gap: it is the run of the gap, or a similar one.
fn around(run: (i64, i64), gap: (i64, i64)) -> bool {
    run.0 <= gap.0 && run.1 >= gap.1
}

/// The result of folding the times of a computer.
#[derive(Clone, Debug, Default)]
pub(super) struct Folded {
    /// The longest gaps, which are still candidates, in the order of time.
    pub(super) gaps: Vec<(i64, i64)>,
    pub(super) intervals: Histogram,
    /// Whether the log went in one direction, so that everything is exact.
    pub(super) in_order: bool,
}

/// A histogram of durations in seconds, exact up to 32 and then in steps of about 3 %. The sum of
/// each step stays exact.
#[derive(Clone, Debug, Default)]
pub(super) struct Histogram {
    steps: BTreeMap<u16, Step>,
    count: u64,
}

#[derive(Clone, Copy, Debug, Default)]
struct Step {
    count: u64,
    sum: f64,
    squares: f64,
    least: u64,
    most: u64,
}

/// The interval between most events.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Typical {
    /// Its mean, in seconds.
    pub(super) seconds: u64,
    /// Its standard deviation, in seconds.
    pub(super) jitter: u64,
    /// The share of similar intervals, in percent.
    pub(super) share: u8,
}

impl Histogram {
    #[allow(clippy::cast_precision_loss)] // Lengths are far below 2^53.
    fn add(&mut self, length: u64) {
        let step =
            self.steps.entry(step_of(length)).or_insert(Step { least: length, ..Step::default() });
        step.count += 1;
        step.sum += length as f64;
        step.squares += (length as f64).powi(2);
        step.least = step.least.min(length);
        step.most = step.most.max(length);
        self.count += 1;
    }

    pub(super) fn count(&self) -> u64 {
        self.count
    }

    /// The shortest and the longest duration.
    pub(super) fn range(&self) -> Option<(u64, u64)> {
        let (_, first) = self.steps.first_key_value()?;
        let (_, last) = self.steps.last_key_value()?;
        Some((first.least, last.most))
    }

    /// The duration that `percent` of all durations do not exceed.
    pub(super) fn quantile(&self, percent: u64) -> Option<u64> {
        let rank = (self.count.saturating_mul(percent) / 100).min(self.count.checked_sub(1)?);
        let mut seen = 0;
        self.steps.values().find_map(|step| {
            seen += step.count;
            (seen > rank).then(|| rounded(step.mean()))
        })
    }

    /// The duration with the most others within a quarter of it: the mode, as far as durations with
    /// jitter have one. Of several such durations, it is the shortest.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn typical(&self) -> Option<Typical> {
        let mut best: Option<Step> = None;
        for centre in self.steps.values() {
            let (least, most) = (centre.mean() * 0.75, centre.mean() * 1.25);
            let (from, to) = (step_of(rounded(least)), step_of(rounded(most)));
            let like = self.steps.range(from..=to).map(|(_, step)| *step);
            let like = like.filter(|step| (least..=most).contains(&step.mean()));
            let sum = like.fold(Step::default(), |sum, step| Step {
                count: sum.count + step.count,
                sum: sum.sum + step.sum,
                squares: sum.squares + step.squares,
                ..sum
            });
            if best.is_none_or(|best| sum.count > best.count) {
                best = Some(sum);
            }
        }
        let best = best?;
        let variance = best.squares / best.count as f64 - best.mean().powi(2);
        let share = best.count.saturating_mul(100).checked_div(self.count)?;
        Some(Typical {
            seconds: rounded(best.mean()),
            jitter: rounded(variance.max(0.0).sqrt()),
            share: u8::try_from(share).unwrap_or(100),
        })
    }
}

impl Step {
    #[allow(clippy::cast_precision_loss)]
    fn mean(&self) -> f64 {
        self.sum / self.count.max(1) as f64
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // Rust saturates.
fn rounded(value: f64) -> u64 {
    value.round() as u64
}

/// The step of a duration, with 32 steps for every doubling.
fn step_of(length: u64) -> u16 {
    const FINE: u32 = 5;
    let doublings = length.checked_ilog2().unwrap_or(0).saturating_sub(FINE);
    u16::try_from((u64::from(doublings) << FINE) + (length >> doublings)).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(times: impl IntoIterator<Item = i64>) -> Folded {
        let mut rhythm = Rhythm::default();
        times.into_iter().for_each(|time| rhythm.see(time));
        rhythm.finish()
    }

    #[test]
    fn steps_grow_with_the_length_and_stay_few() {
        let mut before = 0;
        for length in (0..4000).chain((12..39).map(|bit| 1 << bit)) {
            assert!(step_of(length) >= before, "{length}");
            before = step_of(length);
        }
        assert!(step_of(10_000 * 366 * 86_400) < 1200);
        assert!((0..64).all(|length| u64::from(step_of(length)) == length));
    }

    #[test]
    fn a_regular_log_reads_the_same_in_every_direction_and_length() {
        for count in [5, 2000, 5000] {
            let times = || (0..count).map(|n| 1_000_000 + n * 600 + n % 3);
            let forward = folded(times());
            let typical = forward.intervals.typical().unwrap();
            assert_eq!((typical.seconds, typical.share), (600, 100), "{count}");
            assert!(typical.jitter <= 2 && forward.in_order, "{count}");
            let backward = folded(times().rev());
            assert_eq!(backward.intervals.typical(), Some(typical), "{count}");
            assert_eq!(backward.intervals.count(), forward.intervals.count(), "{count}");
            // Neighbours are swapped, and the window sorts them.
            let mut swapped: Vec<_> = times().collect();
            swapped.chunks_mut(2).for_each(<[i64]>::reverse);
            assert_eq!(folded(swapped).intervals.typical(), Some(typical), "{count}");
        }
    }

    #[test]
    fn several_events_of_one_attempt_count_once() {
        let times = (0..50).flat_map(|n| [n * 600, n * 600, n * 600 + 1]);
        let folded = folded(times);
        assert_eq!(folded.intervals.count(), 49);
        assert_eq!(folded.intervals.typical().map(|typical| typical.seconds), Some(600));
    }

    #[test]
    fn rotated_files_have_no_gap_where_another_file_fills_it() {
        let file = |day: i64| (0..2000).map(move |n| day * 86_400 + n * 40);
        // A file with 2000 times at 40 seconds covers most of a day. The third day is missing.
        let folded = folded(file(3).chain(file(1)).chain(file(0)));
        assert!(!folded.in_order);
        let longest: Vec<_> =
            folded.gaps.iter().copied().filter(|(from, to)| to - from > 43_200).collect();
        assert_eq!(longest, [(86_400 + 1999 * 40, 3 * 86_400)]);
        assert_eq!(folded.intervals.typical().map(|typical| typical.seconds), Some(40));
    }

    #[test]
    fn nothing_grows_without_bound() {
        let mut rhythm = Rhythm::default();
        let mut state = 1_u64;
        for _ in 0..200_000 {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            rhythm.see(i64::try_from(state >> 32).unwrap());
            assert!(rhythm.window.len() < WINDOW + 1 && rhythm.runs.len() <= RUNS + 1);
            assert!(rhythm.gaps.len() < 2 * GAPS && rhythm.intervals.steps.len() < 1200);
        }
        let folded = rhythm.finish();
        assert!(folded.intervals.typical().is_some() && folded.gaps.len() < 2 * GAPS + RUNS);
    }

    #[test]
    fn nothing_is_no_interval() {
        let folded = folded([]);
        assert_eq!((folded.intervals.count(), folded.intervals.range()), (0, None));
        assert_eq!((folded.intervals.typical(), folded.intervals.quantile(50)), (None, None));
    }
}
