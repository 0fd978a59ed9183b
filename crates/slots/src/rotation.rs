//! Whose turn it is.

/// Sorts `people` so that who had the fewest turns comes first; who had equally many stay in their order.
///
/// Somebody without a count counts as the least of the others and goes first among those, so that a newcomer gets
/// a turn but is not flooded until they have caught up: count that turn on from the least of the others. The order of
/// [`Rules::practitioners`](crate::Rules::practitioners) is the preference: sort before asking, and the turns even out.
pub fn round_robin<T>(people: &mut [T], turns: impl Fn(&T) -> Option<u64>) {
    let least = people.iter().filter_map(&turns).min().unwrap_or(0);
    people.sort_by_key(|person| {
        let turns = turns(person);
        (turns.unwrap_or(least), turns.is_some())
    });
}
