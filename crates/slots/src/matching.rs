//! Who gets what, so that as many as possible get something.

use std::collections::{BTreeMap, VecDeque};

/// A bipartite matching, grown asker by asker along augmenting paths: one may push an earlier one to another
/// place, so that greed never refuses what would fit. Who gets nothing when placed would get nothing later either.
pub(crate) struct Matching<Place> {
    /// What would do for each asker, most preferred first.
    acceptable: Vec<Vec<Place>>,
    holder: BTreeMap<Place, usize>,
    pub(crate) chosen: Vec<Option<Place>>,
}

impl<Place: Copy + Ord> Matching<Place> {
    pub(crate) fn new(acceptable: Vec<Vec<Place>>) -> Self {
        Self { chosen: vec![None; acceptable.len()], acceptable, holder: BTreeMap::new() }
    }

    /// A greatest matching.
    pub(crate) fn all(acceptable: Vec<Vec<Place>>) -> Self {
        let mut matching = Self::new(acceptable);
        for asker in 0..matching.acceptable.len() {
            matching.place(asker);
        }
        matching
    }

    /// Whether everybody can get something.
    pub(crate) fn is_perfect(acceptable: Vec<Vec<Place>>) -> bool {
        let mut matching = Self::new(acceptable);
        (0..matching.acceptable.len()).all(|asker| matching.place(asker))
    }

    fn place(&mut self, asker: usize) -> bool {
        let mut wanted_by: BTreeMap<Place, usize> = BTreeMap::new();
        let mut queue = VecDeque::from([asker]);
        while let Some(asking) = queue.pop_front() {
            for &place in self.acceptable.get(asking).into_iter().flatten() {
                if wanted_by.contains_key(&place) {
                    continue;
                }
                wanted_by.insert(place, asking);
                let Some(&holding) = self.holder.get(&place) else {
                    self.hand_over(place, &wanted_by);
                    return true;
                };
                queue.push_back(holding);
            }
        }
        false
    }

    /// Gives `place` to the one that wanted it, that one's former place to the one that wanted that, and so on.
    fn hand_over(&mut self, place: Place, wanted_by: &BTreeMap<Place, usize>) {
        let mut next = Some(place);
        while let Some(place) = next
            && let Some(&asker) = wanted_by.get(&place)
            && let Some(chosen) = self.chosen.get_mut(asker)
        {
            self.holder.insert(place, asker);
            next = chosen.replace(place);
        }
    }
}
