//! Groups of classes, for figures of more classes than can be seen: super-classes, or clusters of similar classes.

use crate::analysis::relations::Relations;
use crate::analysis::{clustering, relations};
use crate::model::class_contrasts::ClassGroup;
use crate::numbers::grouped;
use crate::source::declared::DeclaredConfiguration;

/// The classes of a configuration in a few groups.
#[derive(Debug)]
pub(crate) struct ClassGroups {
    /// As drawn: similar clusters side by side, super-classes in the data set's order.
    pub(crate) groups: Vec<ClassGroup>,
    /// The classes of each.
    pub(crate) classes: Vec<Vec<usize>>,
    /// How they were made.
    pub(crate) made: String,
}

impl ClassGroups {
    /// At most `most` groups: the super-classes if they are no more, or else clusters by these relations.
    pub(crate) fn new(point: &DeclaredConfiguration, relations: &Relations, by: &str, most: usize) -> Self {
        let named = super_classes(point);
        let (classes, names, made) = if (2..=most).contains(&named.len()) {
            let (names, classes): (Vec<String>, Vec<Vec<usize>>) = named.into_iter().unzip();
            (classes, Some(names), "the data set's super-classes".to_owned())
        } else {
            let clusters = clusters(relations, point.classes.len(), most);
            (clusters, None, format!("clusters by Ward's method of {by}"))
        };
        let classes: Vec<Vec<usize>> = classes.iter().map(|group| most_typical_first(relations, group)).collect();
        let group = |(i, group): (usize, &Vec<usize>)| {
            let classes: Vec<String> = group.iter().map(|&class| point.classes[class].clone()).collect();
            let name = match &names {
                Some(names) => names[i].clone(),
                None if classes.len() == 1 => classes[0].clone(),
                None => format!("{} + {}", classes[0], classes.len() - 1),
            };
            ClassGroup { name, classes }
        };
        Self { groups: classes.iter().enumerate().map(group).collect(), classes, made }
    }

    /// What the figures show of the classes, and that `table` has every relation, in sentences.
    pub(crate) fn note(&self, table: &str) -> String {
        let classes: usize = self.classes.iter().map(Vec::len).sum();
        format!(
            "{} classes are too many to be seen one by one: the figures show means over the pairs of classes of {} groups, {}. \
             `tables/class_groups.csv` has the classes of every group, `tables/{table}` the relation of every two classes.",
            grouped(classes),
            self.classes.len(),
            self.made
        )
    }
}

/// The super-classes with their classes, and what is in none of them.
fn super_classes(point: &DeclaredConfiguration) -> Vec<(String, Vec<usize>)> {
    let Ok(of_class) = relations::groups(point) else { return Vec::new() };
    let of = |wanted: &dyn Fn(usize) -> bool| (0..of_class.len()).filter(|&class| wanted(of_class[class])).collect();
    let named = point.super_classes.iter().enumerate();
    let mut all: Vec<(String, Vec<usize>)> =
        named.map(|(group, named)| (named.name.clone(), of(&|found| found == group))).collect();
    all.push(("in no super-class".to_owned(), of(&|found| found >= point.super_classes.len())));
    all.retain(|(_, classes)| !classes.is_empty());
    all
}

/// Clusters of all classes, those side by side that would be merged next.
fn clusters(relations: &Relations, classes: usize, most: usize) -> Vec<Vec<usize>> {
    let clusters = clustering::merge(relations, (0..classes).map(|class| vec![class]).collect(), most);
    let order = clustering::merge(relations, clusters.clone(), 1).concat();
    let mut sorted = clusters;
    sorted.sort_by_key(|cluster| order.iter().position(|class| *class == cluster[0]));
    sorted
}

/// A group's classes by their mean relation to its others, the largest first.
fn most_typical_first(relations: &Relations, group: &[usize]) -> Vec<usize> {
    let to_others = |class: usize| -> f64 {
        group
            .iter()
            .filter(|&&other| other != class)
            .map(|&other| relations.at(class, other))
            .filter(|r| r.is_finite())
            .sum()
    };
    let mut sums: Vec<(usize, f64)> = group.iter().map(|&class| (class, to_others(class))).collect();
    sums.sort_by(|(a, one), (b, other)| other.total_cmp(one).then(a.cmp(b)));
    sums.into_iter().map(|(class, _)| class).collect()
}
