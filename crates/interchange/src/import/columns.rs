//! Which column of a table says what.

use fractionate_records::nearest;
use fractionate_reporting::numbers::list;

use super::ImportOptions;
use super::cell::Cell;
use super::column_names::{Quantity, is_bare, is_twin, plain, without_prefix};
use super::problems::Problems;
use super::states::are_states;
use super::table::Table;

/// The columns of a table that are used.
#[derive(Debug)]
pub(super) struct Columns<'a> {
    pub(super) table: &'a Table,
    found: Vec<(Quantity, usize)>,
    /// The swept keys and their columns, in the table's order.
    pub(super) axes: Vec<(String, usize)>,
    /// The keys of settings that are chosen arm by arm, with their columns, in the order asked for.
    pub(super) tuned: Vec<(String, usize)>,
    /// Columns that say nothing that is asked for.
    pub(super) unused: Vec<usize>,
}

impl<'a> Columns<'a> {
    /// Finds the columns of a table of runs.
    pub(super) fn find(table: &'a Table, options: &ImportOptions, problems: &mut Problems) -> Self {
        let mut columns = Self { table, found: Vec::new(), axes: Vec::new(), tuned: Vec::new(), unused: Vec::new() };
        columns.assign(options, problems);
        let assigned: Vec<Quantity> = columns.found.iter().map(|(quantity, _)| *quantity).collect();
        for key in &options.tune_over {
            if let Some(place) = columns.named("--tune-over", key, problems) {
                columns.tuned.push((key.clone(), place));
            }
        }
        let axes: Vec<(String, usize)> = options
            .axes
            .iter()
            .filter_map(|key| Some((key.clone(), columns.named("--axis", key, problems)?)))
            .collect();
        let taken: Vec<usize> = columns.found.iter().map(|(_, place)| *place).collect();
        for place in 0..table.names().len() {
            let name = table.name(place).trim();
            let quantity = Quantity::of(name).filter(|quantity| !assigned.contains(quantity));
            if let Some((key, _)) = axes.iter().find(|(_, axis)| *axis == place) {
                columns.axes.push((key.clone(), place));
            } else if taken.contains(&place) || columns.tuned.iter().any(|(_, tuned)| *tuned == place) {
            } else if let Some(key) = name.strip_prefix("axis.").filter(|key| !key.is_empty()) {
                columns.axes.push((key.to_owned(), place));
            } else if let Some(quantity) = quantity {
                columns.found.push((quantity, place));
            } else {
                columns.unused.push(place);
            }
        }
        if !assigned.contains(&Quantity::State) {
            columns.take_states(options);
        }
        columns.ask_which(&assigned, problems);
        columns
    }

    /// Takes columns that hold states under another name.
    fn take_states(&mut self, options: &ImportOptions) {
        let ignored: Vec<usize> = options.ignore.iter().filter_map(|name| self.place_of(name)).collect();
        let is_state = |place: &usize| !ignored.contains(place) && self.table.cells(*place).is_ok_and(are_states);
        let (states, unused) = std::mem::take(&mut self.unused).into_iter().partition::<Vec<_>, _>(is_state);
        self.unused = unused;
        self.found.extend(states.into_iter().map(|place| (Quantity::State, place)));
    }

    /// Takes the columns that the options name.
    fn assign(&mut self, options: &ImportOptions, problems: &mut Problems) {
        let arm = options.arm_column.iter().map(|name| format!("arm={name}"));
        for asked in options.columns.iter().cloned().chain(arm) {
            let Some((quantity, name)) = asked.split_once('=') else {
                problems.add(
                    "--column",
                    format!("--column {asked}: write it QUANTITY=COLUMN, for example --column seed=params.seed."),
                );
                continue;
            };
            let word = plain(quantity);
            let Some(quantity) = Quantity::all().find(|quantity| quantity.names().contains(&word.as_str())) else {
                let names: Vec<String> = Quantity::all().map(|quantity| format!("`{}`", quantity.name())).collect();
                let advice = match nearest(&word, Quantity::all().map(Quantity::name)) {
                    Some(name) => format!("did you mean `{name}`?"),
                    None => format!("the quantities are {}.", list(&names)),
                };
                problems.add("--column", format!("--column {asked}: there is no quantity `{quantity}`; {advice}"));
                continue;
            };
            if let Some(place) = self.named("--column", name.trim(), problems) {
                if self.name(quantity).is_some() && quantity != Quantity::State {
                    problems.add("--column", format!("--column {asked}: the {} is named twice.", quantity.words()));
                }
                self.found.push((quantity, place));
            }
        }
    }

    /// The column that an option names; a problem if there is none.
    pub(super) fn named(&self, option: &str, name: &str, problems: &mut Problems) -> Option<usize> {
        let (names, found) = (self.table.names(), self.place_of(name));
        if found.is_none() {
            let advice = match nearest(name, names.iter().copied()) {
                Some(name) => format!("did you mean `{name}`?"),
                None => format!("the columns are {}.", quoted(&names)),
            };
            problems.add("columns", format!("{option} {name}: there is no such column; {advice}"));
        }
        found
    }

    /// The place of the column of this name, as it stands or without case, prefix and unit.
    pub(super) fn place_of(&self, name: &str) -> Option<usize> {
        let names = self.table.names();
        let exact = names.iter().position(|known| known.trim() == name.trim());
        exact.or_else(|| {
            let mut same = (0..names.len()).filter(|&place| without_prefix(names[place]) == plain(name));
            same.next().filter(|_| same.next().is_none())
        })
    }

    /// Whether every cell of a column is a number or empty.
    pub(super) fn holds_numbers(&self, place: usize) -> bool {
        self.table.cells(place).is_ok_and(|cells| cells.iter().all(|cell| cell.number().is_ok()))
    }

    /// Asks where two columns could say the same, and keeps the first.
    fn ask_which(&mut self, assigned: &[Quantity], problems: &mut Problems) {
        for quantity in Quantity::all().filter(|quantity| !assigned.contains(quantity)) {
            let own: Vec<usize> = self.found.iter().filter(|(q, _)| *q == quantity).map(|(_, place)| *place).collect();
            if quantity == Quantity::State || own.is_empty() {
                continue;
            }
            let name = |place: usize| self.table.name(place);
            // Where one of several says `test`, a column of validation is not meant.
            let all_bare = own.iter().all(|&place| is_bare(name(place)));
            let twins = (0..if all_bare { self.table.names().len() } else { 0 })
                .filter(|&place| is_bare(name(own[0])) && is_twin(name(place), name(own[0])));
            let mut meant = own.clone();
            meant.extend(twins.filter(|place| !own.contains(place)));
            if meant.len() == 1 {
                continue;
            }
            if meant.iter().any(|&place| place != meant[0] && name(place) == name(meant[0])) {
                let sentence = format!("The column `{}` is there twice: rename or delete one.", name(meant[0]));
                problems.add("columns", sentence);
                continue;
            }
            let names: Vec<String> = meant.iter().map(|&place| format!("`{}`", name(place))).collect();
            let bare = meant.iter().find(|&&place| is_bare(name(place)));
            let training = match bare {
                Some(&place) => format!(" Beside the others `{}` may be of the training examples.", name(place)),
                None => String::new(),
            };
            let say: Vec<String> =
                meant.iter().map(|&place| format!("--column {}={}", quantity.name(), shell(name(place)))).collect();
            problems.add(
                "columns",
                format!(
                    "The columns {} could each be the {}: say which with {}.{training}",
                    list(&names),
                    quantity.words(),
                    say.join(" or "),
                ),
            );
        }
    }

    /// The place of a quantity's column.
    pub(super) fn place(&self, quantity: Quantity) -> Option<usize> {
        self.found.iter().find(|(q, _)| *q == quantity).map(|(_, place)| *place)
    }

    /// The places of all columns of a quantity.
    pub(super) fn places(&self, quantity: Quantity) -> Vec<usize> {
        self.found.iter().filter(|(q, _)| *q == quantity).map(|(_, place)| *place).collect()
    }

    /// The quantity that a column says.
    pub(super) fn quantity(&self, place: usize) -> Option<Quantity> {
        self.found.iter().find(|(_, known)| *known == place).map(|(quantity, _)| *quantity)
    }

    /// The column's name in the table.
    pub(super) fn name(&self, quantity: Quantity) -> Option<&'a str> {
        self.place(quantity).map(|place| self.table.name(place))
    }

    /// The column's cells; a column of other things than numbers and texts is a problem.
    pub(super) fn cells(&self, quantity: Quantity, problems: &mut Problems) -> Option<&'a [Cell]> {
        self.cells_at(self.place(quantity)?, problems)
    }

    /// The cells of a column.
    pub(super) fn cells_at(&self, place: usize, problems: &mut Problems) -> Option<&'a [Cell]> {
        self.table.cells(place).map_err(|why| problems.add("columns", why)).ok()
    }

    /// The same of a column that must be there.
    pub(super) fn required(&self, quantity: Quantity, problems: &mut Problems) -> Option<&'a [Cell]> {
        if self.place(quantity).is_none() {
            problems.add("columns", self.missing(&[quantity]));
        }
        self.cells(quantity, problems)
    }

    fn is_error_rate(&self, place: usize) -> bool {
        let named = without_prefix(self.table.name(place)).split('_').any(|word| ["err", "error"].contains(&word));
        named && self.holds_numbers(place)
    }

    /// The sentence that says that none of these quantities has a column.
    pub(super) fn missing(&self, quantities: &[Quantity]) -> String {
        let names: Vec<&str> = quantities.iter().flat_map(|quantity| quantity.names()).copied().collect();
        let wanted = match names.as_slice() {
            [one] => format!("named `{one}`"),
            _ => format!("named one of {}", quoted(&names)),
        };
        let unused: Vec<&str> = self.unused.iter().map(|&place| self.table.name(place)).collect();
        let alike = |unused: &&&str| {
            let plain = without_prefix(unused);
            let words: Vec<&str> = plain.split(['_', '@']).collect();
            let of_others = |word: &&str| ["train", "training", "val", "valid", "validation", "dev"].contains(word);
            let kinds: &[&str] = match quantities[0] {
                Quantity::TestAccuracy => &["acc", "accuracy", "acc1", "top1"],
                Quantity::TestNll => &["nll"],
                _ => &[],
            };
            nearest(unused, names.iter().copied()).is_some()
                || words.iter().any(|word| kinds.contains(word)) && !words.iter().any(of_others)
        };
        let meant: Vec<&str> = unused.iter().filter(alike).copied().collect();
        let own = quantities[0].name();
        if quantities[0] == Quantity::TestAccuracy
            && let Some(error) = self.unused.iter().find(|&&place| self.is_error_rate(place))
        {
            return format!(
                "There is no column of the test accuracy; `{}` is an error rate: add a column `test_accuracy` of 100 \
                 minus it, or 1 minus it if it is a share.",
                self.table.name(*error)
            );
        }
        let option = |column: &str| match own {
            "arm" => format!("--arm-column {column}"),
            _ => format!("--column {own}={column}"),
        };
        let advice = if meant.is_empty() {
            format!("name it with {}; the columns are {}.", option("COLUMN"), quoted(&self.table.names()))
        } else {
            let say: Vec<String> = meant.iter().map(|name| option(&shell(name))).collect();
            let (may_be, say_so) =
                if meant.len() == 1 { ("may be it", "say so") } else { ("may each be it", "say which") };
            format!("{} {may_be}: {say_so} with {}.", quoted(&meant), say.join(" or "))
        };
        let what: Vec<String> = quantities.iter().map(|quantity| quantity.words()).collect();
        format!("There is no column of the {}, {wanted}; {advice}", what.join(" or "))
    }
}

/// A word as it is typed into a shell.
pub(super) fn shell(word: &str) -> String {
    let plain = !word.is_empty() && word.chars().all(|c| c.is_alphanumeric() || "_-./=:+,".contains(c));
    if plain { word.to_owned() } else { format!("'{word}'") }
}

/// Words in backticks with commas.
pub(super) fn quoted(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
