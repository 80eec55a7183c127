//! The order of child elements, as a position automaton (Glushkov): one position per element name in the rules.

use super::TypeId;

/// How often something may stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Occurs {
    pub(super) optional: bool,
    pub(super) repeated: bool,
}

/// Content as the rules write it.
#[derive(Debug)]
pub(super) enum Particle {
    /// A child element.
    Element(Box<str>, TypeId, Occurs),
    /// Elements of other namespaces, as many as there are.
    Foreign,
    /// One after the other.
    Sequence(Vec<Particle>, Occurs),
    /// One of them.
    Choice(Vec<Particle>, Occurs),
}

/// The automaton; a state is a position, or the start.
#[derive(Debug, Default)]
pub(super) struct Model {
    positions: Vec<Position>,
    first: Vec<usize>,
    last: Vec<usize>,
    may_be_empty: bool,
}

#[derive(Debug)]
struct Position {
    /// The element's name; `None` for elements of other namespaces.
    name: Option<Box<str>>,
    content: Option<TypeId>,
    next: Vec<usize>,
}

/// Where in the content an element's children have come to: the positions of the last child; none at the start.
#[derive(Debug, Default, Clone)]
pub(super) struct State {
    at: Vec<usize>,
    started: bool,
}

/// The ends of a part of the automaton.
#[derive(Default)]
struct Part {
    first: Vec<usize>,
    last: Vec<usize>,
    may_be_empty: bool,
}

impl Model {
    pub(super) fn new(content: &Particle) -> Self {
        let mut model = Self::default();
        let part = model.add(content);
        Self { first: part.first, last: part.last, may_be_empty: part.may_be_empty, ..model }
    }

    /// Takes the next child: `None` as name for one of another namespace. `Some(type)` when it may stand here.
    pub(super) fn step(&self, state: &mut State, name: Option<&str>) -> Option<Option<TypeId>> {
        let mut reached: Vec<usize> = Vec::new();
        let from_start = (!state.started).then_some(&self.first);
        let after = state.at.iter().filter_map(|at| self.positions.get(*at)).map(|position| &position.next);
        for at in from_start.into_iter().chain(after).flatten() {
            let fits = self.positions.get(*at).is_some_and(|position| position.name.as_deref() == name);
            if fits && !reached.contains(at) {
                reached.push(*at);
            }
        }
        let content = self.positions.get(*reached.first()?)?.content;
        *state = State { at: reached, started: true };
        Some(content)
    }

    /// Whether the children may end here.
    pub(super) fn may_end(&self, state: &State) -> bool {
        if state.started { state.at.iter().any(|at| self.last.contains(at)) } else { self.may_be_empty }
    }

    /// The names that may come next, for a sentence.
    pub(super) fn expected(&self, state: &State) -> Vec<&str> {
        let from_start = (!state.started).then_some(&self.first);
        let after = state.at.iter().filter_map(|at| self.positions.get(*at)).map(|position| &position.next);
        let next = from_start.into_iter().chain(after).flatten();
        let mut names: Vec<&str> =
            next.filter_map(|at| self.positions.get(*at)?.name.as_deref()).take(8).collect();
        names.dedup();
        names
    }

    fn add(&mut self, particle: &Particle) -> Part {
        match particle {
            Particle::Element(name, content, occurs) => {
                let part = self.position(Some(name.clone()), Some(*content));
                self.occurring(part, *occurs)
            }
            Particle::Foreign => {
                let part = self.position(None, None);
                self.occurring(part, Occurs { optional: true, repeated: true })
            }
            Particle::Sequence(parts, occurs) => {
                let mut whole = Part { may_be_empty: true, ..Part::default() };
                for particle in parts {
                    let part = self.add(particle);
                    whole = self.joined(whole, part);
                }
                self.occurring(whole, *occurs)
            }
            Particle::Choice(parts, occurs) => {
                let mut whole = Part::default();
                for particle in parts {
                    let part = self.add(particle);
                    whole.first.extend(part.first);
                    whole.last.extend(part.last);
                    whole.may_be_empty |= part.may_be_empty;
                }
                self.occurring(whole, *occurs)
            }
        }
    }

    fn position(&mut self, name: Option<Box<str>>, content: Option<TypeId>) -> Part {
        let at = self.positions.len();
        self.positions.push(Position { name, content, next: Vec::new() });
        Part { first: vec![at], last: vec![at], may_be_empty: false }
    }

    fn occurring(&mut self, mut part: Part, occurs: Occurs) -> Part {
        if occurs.repeated {
            self.link(&part.last, &part.first);
        }
        part.may_be_empty |= occurs.optional;
        part
    }

    fn joined(&mut self, mut left: Part, right: Part) -> Part {
        self.link(&left.last, &right.first);
        if left.may_be_empty {
            left.first.extend(&right.first);
        }
        if right.may_be_empty {
            left.last.extend(&right.last);
        } else {
            left.last = right.last;
        }
        left.may_be_empty &= right.may_be_empty;
        left
    }

    fn link(&mut self, from: &[usize], to: &[usize]) {
        for at in from {
            let Some(position) = self.positions.get_mut(*at) else { continue };
            for next in to {
                if !position.next.contains(next) {
                    position.next.push(*next);
                }
            }
        }
    }
}
