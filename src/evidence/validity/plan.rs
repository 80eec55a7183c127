//! Lays out, for a set of shapes that one value is held against at once, what each member and item is held against.
//!
//! A value is read only once, however many shapes speak of it, so nothing of it has to be kept: the parts of a
//! choice are followed side by side, and the choice is settled when the value ends. Plans are made when first
//! needed and kept; there are no more of them than there are places in the rules.

use std::collections::HashMap;
use std::rc::Rc;

use super::rules::{Joint, Others, Rules, ShapeId};

/// A shape a value is held against, and whether a misfit is one of the document (`loud`) or only rules out one part
/// of a choice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Goal {
    pub(super) shape: ShapeId,
    pub(super) loud: bool,
}

/// All shapes that take part in judging one value: the goals, then the shapes their joints name.
#[derive(Debug)]
pub(super) struct Plan {
    pub(super) active: Vec<Goal>,
    /// How many of `active` are goals of the place above.
    pub(super) goals: usize,
    /// Per active shape, the positions of the parts of its joints, joint by joint.
    pub(super) parts: Vec<Vec<Vec<usize>>>,
    /// Whether some shape wants the items of an array compared.
    pub(super) unique: bool,
    /// Whether some shape wants certain members to be there.
    pub(super) needs: bool,
    /// Whether nothing is asked.
    pub(super) trivial: bool,
}

/// The way from a value to one of its members or items.
#[derive(Debug)]
pub(super) struct Edge {
    /// The plan of the member.
    pub(super) plan: Rc<Plan>,
    /// Which active shape above is answered by which goal below.
    pub(super) answers: Vec<(usize, usize)>,
    /// Active shapes that need this member, with its position in their list.
    pub(super) meets: Vec<(usize, usize)>,
    /// Active shapes that allow no such member.
    pub(super) denied: Vec<usize>,
}

/// Where an edge leads to.
#[derive(Debug, Clone, Copy)]
pub(super) enum Step<'a> {
    /// To the member of that name.
    Member(&'a str),
    /// To the item at that position.
    Item(usize),
}

/// Makes plans and keeps them.
#[derive(Debug)]
pub(super) struct Planner<'r> {
    rules: &'r Rules,
    plans: HashMap<Vec<Goal>, Rc<Plan>>,
    /// By the plan above (its address, alive as long as `plans`) and the member's name.
    members: HashMap<*const Plan, HashMap<Box<str>, Rc<Edge>>>,
    /// Members that no shape names, and items.
    unnamed: HashMap<(*const Plan, Option<usize>), Rc<Edge>>,
}

impl<'r> Planner<'r> {
    pub(super) fn new(rules: &'r Rules) -> Self {
        Self { rules, plans: HashMap::new(), members: HashMap::new(), unnamed: HashMap::new() }
    }

    /// The plan for the document as a whole.
    pub(super) fn root(&mut self) -> Rc<Plan> {
        self.plan(vec![Goal { shape: self.rules.root(), loud: true }])
    }

    /// The way to a member or item.
    pub(super) fn edge(&mut self, plan: &Rc<Plan>, step: Step<'_>) -> Rc<Edge> {
        match step {
            Step::Member(name) => self.member(plan, name),
            Step::Item(at) => {
                // past the positions that rules tell apart, all items are alike
                let at = at.min(self.told_apart(plan));
                self.other(plan, Some(at), step)
            }
        }
    }

    fn member(&mut self, plan: &Rc<Plan>, name: &str) -> Rc<Edge> {
        let key = Rc::as_ptr(plan);
        if let Some(edge) = self.members.get(&key).and_then(|edges| edges.get(name)) {
            return Rc::clone(edge);
        }
        let named = plan.active.iter().any(|goal| {
            let object = self.rules.shape(goal.shape).object.as_ref();
            object.is_some_and(|o| o.members.contains_key(name) || o.need.iter().any(|n| **n == *name))
        });
        if !named {
            // one edge for all names nobody knows, so that a document cannot fill the memory with them
            return self.other(plan, None, Step::Member(name));
        }
        let edge = Rc::new(self.make(plan, Step::Member(name)));
        self.members.entry(key).or_default().insert(name.into(), Rc::clone(&edge));
        edge
    }

    fn other(&mut self, plan: &Rc<Plan>, at: Option<usize>, step: Step<'_>) -> Rc<Edge> {
        let key = (Rc::as_ptr(plan), at);
        if let Some(edge) = self.unnamed.get(&key) {
            return Rc::clone(edge);
        }
        let step = match (at, step) {
            (Some(at), Step::Item(_)) => Step::Item(at),
            (_, step) => step,
        };
        let edge = Rc::new(self.make(plan, step));
        self.unnamed.insert(key, Rc::clone(&edge));
        edge
    }

    fn told_apart(&self, plan: &Plan) -> usize {
        let lists = plan.active.iter().filter_map(|goal| self.rules.shape(goal.shape).list.as_ref());
        lists.map(|list| list.first.len()).max().unwrap_or(0)
    }

    fn make(&mut self, plan: &Plan, step: Step<'_>) -> Edge {
        let mut goals: Vec<Goal> = Vec::new();
        let (mut answers, mut meets, mut denied) = (Vec::new(), Vec::new(), Vec::new());
        for (above, active) in plan.active.iter().enumerate() {
            let shape = match self.step(active.shape, step) {
                Next::Shape(shape) => shape,
                Next::Denied => {
                    denied.push(above);
                    continue;
                }
                Next::Free => continue,
            };
            if self.rules.shape(shape).allows_everything() {
                continue;
            }
            let goal = Goal { shape, loud: active.loud };
            let below = goals.iter().position(|g| *g == goal).unwrap_or(goals.len());
            if below == goals.len() {
                goals.push(goal);
            }
            answers.push((above, below));
        }
        if let Step::Member(name) = step {
            for (above, active) in plan.active.iter().enumerate() {
                let need = self.rules.shape(active.shape).object.as_ref().map(|o| o.need.as_slice());
                let places = need.unwrap_or_default().iter().enumerate();
                meets.extend(places.filter(|(_, n)| ***n == *name).map(|(place, _)| (above, place)));
            }
        }
        Edge { plan: self.plan(goals), answers, meets, denied }
    }

    fn step(&self, shape: ShapeId, step: Step<'_>) -> Next {
        let shape = self.rules.shape(shape);
        match step {
            Step::Member(name) => shape.object.as_ref().map_or(Next::Free, |object| {
                match (object.members.get(name), object.others) {
                    (Some(id), _) => Next::Shape(*id),
                    (None, Others::Like(id)) => Next::Shape(id),
                    (None, Others::Closed) => Next::Denied,
                    (None, Others::Open) => Next::Free,
                }
            }),
            Step::Item(at) => shape
                .list
                .as_ref()
                .and_then(|list| list.first.get(at).copied().or(list.each))
                .map_or(Next::Free, Next::Shape),
        }
    }

    fn plan(&mut self, goals: Vec<Goal>) -> Rc<Plan> {
        if let Some(plan) = self.plans.get(&goals) {
            return Rc::clone(plan);
        }
        let mut layout = Layout { rules: self.rules, active: goals.clone(), parts: Vec::new() };
        layout.close();
        let unique = layout
            .active
            .iter()
            .any(|goal| self.rules.shape(goal.shape).list.as_ref().is_some_and(|list| list.unique));
        let needs = layout.active.iter().any(|goal| {
            self.rules.shape(goal.shape).object.as_ref().is_some_and(|object| !object.need.is_empty())
        });
        let plan = Rc::new(Plan {
            needs,
            goals: goals.len(),
            trivial: layout.active.is_empty(),
            active: layout.active,
            parts: layout.parts,
            unique,
        });
        self.plans.insert(goals, Rc::clone(&plan));
        plan
    }
}

/// What a shape says of a member or item.
enum Next {
    /// It has that shape.
    Shape(ShapeId),
    /// It may not be there.
    Denied,
    /// Nothing.
    Free,
}

/// Gathers the shapes that joints name.
struct Layout<'r> {
    rules: &'r Rules,
    active: Vec<Goal>,
    parts: Vec<Vec<Vec<usize>>>,
}

impl Layout<'_> {
    /// Adds parts of joints until nothing new turns up; a shape is added once, so that this ends.
    fn close(&mut self) {
        let mut at = 0;
        while let Some(goal) = self.active.get(at).copied() {
            let shape = self.rules.shape(goal.shape);
            let joints = shape.joints.iter().map(|joint| {
                let loud = goal.loud && matches!(joint, Joint::All(_));
                joint.parts().iter().map(|part| self.place(Goal { shape: *part, loud })).collect()
            });
            let joints: Vec<Vec<usize>> = joints.collect();
            self.parts.push(joints);
            at += 1;
        }
    }

    fn place(&mut self, goal: Goal) -> usize {
        if let Some(at) = self.active.iter().position(|g| *g == goal) {
            return at;
        }
        self.active.push(goal);
        self.active.len() - 1
    }
}
