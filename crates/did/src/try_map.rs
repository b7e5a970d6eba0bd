//! Reading a list item by item, to the first that is refused.
//!
//! What `iter().map(..).collect::<Result<Vec<_>, _>>()` does, as one loop: the many readers of lists are a
//! noticeable part of the verifier's code.

/// Makes a list of what each item is read as.
///
/// # Errors
///
/// The first item's error that is refused.
pub fn try_map<T, U, E>(
    items: impl IntoIterator<Item = T>,
    mut read: impl FnMut(T) -> Result<U, E>,
) -> Result<Vec<U>, E> {
    let mut list = Vec::new();
    for item in items {
        list.push(read(item)?);
    }
    Ok(list)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_refusal_ends_the_reading() {
        let mut read = Vec::new();
        let even = |item: u8| {
            read.push(item);
            if item.is_multiple_of(2) {
                Ok(item / 2)
            } else {
                Err(item)
            }
        };
        assert_eq!(try_map([2, 4, 5, 7], even), Err(5));
        assert_eq!(read, [2, 4, 5]);
        assert_eq!(try_map([2, 4], |item: u8| Ok::<_, u8>(item / 2)), Ok(vec![1, 2]));
    }
}
