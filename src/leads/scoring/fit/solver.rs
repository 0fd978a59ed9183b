//! Logistic regression with a penalty on large weights, by L-BFGS. Deterministic: no chance, a fixed order of sums.

use std::collections::VecDeque;

/// Rounds at most.
const ROUNDS: usize = 120;
/// Steps remembered.
const MEMORY: usize = 8;
const ENOUGH: f64 = 1e-4;

/// Examples, each sparse, with the answer and how much it counts.
/// A row of places and values, what it should answer, and how much that counts.
type Example<'e> = (&'e [(u32, f32)], bool, f64);

#[derive(Debug, Default)]
pub(super) struct Problem<'e> {
    pub features: usize,
    pub examples: Vec<Example<'e>>,
    /// How much an error costs against the size of the weights.
    pub cost: f64,
}

impl Problem<'_> {
    /// Makes the rarer answer count as much as the other, all together.
    pub fn balance(&mut self) {
        let count = |answer| self.examples.iter().filter(|(_, is, _)| *is == answer).count().max(1);
        let all = small(self.examples.len());
        let [no, yes] = [count(false), count(true)].map(|count| all / (2.0 * small(count)));
        self.examples.iter_mut().for_each(|(_, is, counts)| *counts *= if *is { yes } else { no });
    }

    /// The weights, and the bias behind them.
    pub fn solve(&self) -> Vec<f64> {
        let mut at = vec![0.0; self.features + 1];
        let (mut loss, mut slope) = self.loss(&at);
        let first = norm(&slope);
        let mut memory: VecDeque<(Vec<f64>, Vec<f64>, f64)> = VecDeque::new();
        for _ in 0..ROUNDS {
            if norm(&slope) < ENOUGH * first.max(1.0) {
                break;
            }
            let way = direction(&slope, &memory);
            let fall = dot(&way, &slope);
            let mut step = if memory.is_empty() { 1.0 / norm(&slope).max(1.0) } else { 1.0 };
            let (next, next_loss, next_slope) = loop {
                let next: Vec<f64> = at.iter().zip(&way).map(|(x, d)| x + step * d).collect();
                let (next_loss, next_slope) = self.loss(&next);
                if next_loss <= loss + 1e-4 * step * fall || step < 1e-10 {
                    break (next, next_loss, next_slope);
                }
                step /= 2.0;
            };
            let moved = minus(&next, &at);
            let bent = minus(&next_slope, &slope);
            let curve = dot(&moved, &bent);
            if curve > 1e-12 {
                memory.push_back((moved, bent, 1.0 / curve));
            }
            if memory.len() > MEMORY {
                memory.pop_front();
            }
            (at, loss, slope) = (next, next_loss, next_slope);
        }
        at
    }

    fn loss(&self, at: &[f64]) -> (f64, Vec<f64>) {
        let (weights, bias) = at.split_at(self.features);
        let mut loss = 0.5 * dot(weights, weights);
        let mut slope = weights.to_vec();
        slope.push(0.0);
        for (example, is, counts) in &self.examples {
            let sum: f64 =
                example.iter().map(|(place, value)| weights[*place as usize] * f64::from(*value)).sum();
            let margin = (sum + bias[0]) * if *is { 1.0 } else { -1.0 };
            // ln(1 + e^-m), and its slope, without overflow.
            let small = (-margin.abs()).exp();
            loss += self.cost * counts * (small.ln_1p() + (-margin).max(0.0));
            let wrong = if margin > 0.0 { small / (1.0 + small) } else { 1.0 / (1.0 + small) };
            let pull = -self.cost * counts * wrong * if *is { 1.0 } else { -1.0 };
            for (place, value) in *example {
                slope[*place as usize] += pull * f64::from(*value);
            }
            slope[self.features] += pull;
        }
        (loss, slope)
    }
}

/// Where to go from here: against the slope, bent by the steps before.
fn direction(slope: &[f64], memory: &VecDeque<(Vec<f64>, Vec<f64>, f64)>) -> Vec<f64> {
    let mut way: Vec<f64> = slope.iter().map(|x| -x).collect();
    let mut parts = Vec::new();
    for (moved, bent, inverse) in memory.iter().rev() {
        let part = inverse * dot(moved, &way);
        way.iter_mut().zip(bent).for_each(|(w, b)| *w -= part * b);
        parts.push(part);
    }
    if let Some((moved, bent, _)) = memory.back() {
        let scale = dot(moved, bent) / dot(bent, bent);
        for w in &mut way {
            *w *= scale;
        }
    }
    for ((moved, bent, inverse), part) in memory.iter().zip(parts.iter().rev()) {
        let back = part - inverse * dot(bent, &way);
        way.iter_mut().zip(moved).for_each(|(w, m)| *w += back * m);
    }
    way
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn minus(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

/// A corpus is small.
pub(super) fn small(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_always_goes_with_yes_gets_a_weight_and_noise_gets_none() {
        let (yes, no) = ([(0, 1.0), (1, 1.0)], [(1, 1.0)]);
        let examples = vec![(&yes[..], true, 1.0), (&no[..], false, 1.0), (&yes[..], true, 1.0)];
        let mut problem = Problem { features: 2, examples, cost: 10.0 };
        problem.balance();
        let found = problem.solve();
        assert!(found[0] > 2.0 && found[0] > found[1].abs() * 2.0, "{found:?}");
        let sum = found[0] + found[1] + found[2];
        assert!(sum > 1.0 && found[1] + found[2] < -1.0, "{found:?}");
    }
}
