//! What an arm is: a descriptor, and the values of its options.

use std::fmt;

use fractionate_records::{Lambda, LossConfig, Scaling, Temperature};

use super::option::{ArmOption, OptionValue};
use super::{ArmError, ArmInputs, ArmOutput, Computed, ExampleWeights, SoftTargets, TeacherProbabilities};

/// A kind of arm: everything that is known of it. An arm's file holds its descriptor, the registry lists it.
#[derive(Debug)]
pub struct ArmDescriptor {
    /// The name without options.
    pub name: &'static str,
    /// What its students learn, in one line.
    pub meaning: &'static str,
    /// The soft target rho(x) of an example with label t, or how the examples are weighted.
    pub formula: &'static str,
    /// What of the teacher's knowledge the arm keeps.
    pub keeps: &'static str,
    /// What of the teacher's knowledge the arm takes away.
    pub takes_away: &'static str,
    /// What else has to be known to read its results.
    pub note: Option<&'static str>,
    /// Its options, at most [`MOST_OPTIONS`], in the order in which a name gives them.
    pub options: &'static [ArmOption],
    /// What may stand in a name's parentheses, as the end of a sentence: `it takes none`.
    pub takes: &'static str,
    /// Names with options, as examples.
    pub forms: &'static [ArmForm],
    /// What the arm cannot do without.
    pub needs: fn(&Arm) -> Needs,
    /// Whether what the arm makes depends on the student's seed; the rest can be shared by all seeds.
    pub depends_on_seed: fn(&Arm) -> bool,
    /// What the arm takes of a suite's loss.
    pub loss: fn(&Arm) -> LossUse,
    /// How figures show it.
    pub look: Look,
    /// The arm itself, in f64: a pure function of its inputs, the same on any number of threads.
    pub compute: fn(&Arm, &ArmInputs<'_>) -> Result<Computed, ArmError>,
}

/// How many options an arm may have.
pub const MOST_OPTIONS: usize = 3;

/// A form of an arm's name that has options.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ArmForm {
    /// The name with its options, as in results: `label-smoothing(0.9)`.
    pub example: &'static str,
    /// What the options change, in words.
    pub meaning: &'static str,
}

/// What an arm cannot do without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Needs {
    /// A teacher.
    pub teacher: bool,
    /// The weights of the teacher's last linear layer, which not every teacher has.
    pub classifier: bool,
    /// The teacher's probabilities at T = 1.
    pub probabilities_at_one: bool,
    /// This many classes, which the arm keeps.
    pub classes: usize,
    /// One label for each example, at which the loss is split: none that is mixed with another's.
    pub single_labels: bool,
}

impl Needs {
    /// Nothing but labels of two classes.
    pub const NOTHING: Self =
        Self { teacher: false, classifier: false, probabilities_at_one: false, classes: 2, single_labels: false };
    /// A teacher.
    pub const TEACHER: Self = Self { teacher: true, ..Self::NOTHING };
}

/// What an arm takes of a suite's loss. The rest has the value that it has for `hard`, so that one run serves every
/// suite, whatever stands there.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum LossUse {
    /// Nothing: hard labels, T = 1, lambda = 0.
    Nothing,
    /// The temperature of the teacher's probabilities, which weight the examples.
    Temperature,
    /// Temperature and scaling, and not lambda.
    TemperatureAndScaling,
    /// Temperature, scaling and lambda.
    Everything,
    /// Scaling and lambda; the temperature is the arm's own.
    OwnTemperature(Temperature),
}

/// How figures show an arm.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// The colour, 0xRRGGBB: its own, and one that people with any kind of colour vision distinguish from the others'.
    pub colour: u32,
    /// The number of its line's marker and stroke: its own where possible.
    pub line: usize,
}

/// An arm with its options: a rule that makes the soft target rho, or weights of the examples, from the teacher's
/// probabilities and the labels.
#[derive(Clone, Copy)]
pub struct Arm {
    descriptor: &'static ArmDescriptor,
    /// One for each option of the descriptor, in its order.
    values: [Option<OptionValue>; MOST_OPTIONS],
}

impl Arm {
    /// The arm with its default options.
    ///
    /// # Panics
    /// If the descriptor has more than [`MOST_OPTIONS`] options.
    pub const fn with_defaults(descriptor: &'static ArmDescriptor) -> Self {
        let mut values = [None; MOST_OPTIONS];
        let mut at = 0;
        while at < descriptor.options.len() {
            values[at] = Some(descriptor.options[at].default);
            at += 1;
        }
        Self { descriptor, values }
    }

    /// The arm with another value of the option with this key.
    ///
    /// # Panics
    /// If the arm has no such option.
    #[must_use]
    pub fn with(mut self, key: &str, value: OptionValue) -> Self {
        self.values[self.position(key)] = Some(value);
        self
    }

    /// What is known of this kind of arm.
    pub fn descriptor(&self) -> &'static ArmDescriptor {
        self.descriptor
    }

    /// The name without options.
    pub fn base_name(&self) -> &'static str {
        self.descriptor.name
    }

    /// The options with their values.
    pub fn options(&self) -> impl DoubleEndedIterator<Item = (&'static ArmOption, OptionValue)> + ExactSizeIterator {
        let value = |at: usize| self.values[at].expect("every option has a value");
        self.descriptor.options.iter().enumerate().map(move |(at, option)| (option, value(at)))
    }

    /// The value of the option with this key.
    ///
    /// # Panics
    /// If the arm has no such option.
    pub fn value(&self, key: &str) -> OptionValue {
        self.values[self.position(key)].expect("every option has a value")
    }

    /// Whether the option with this key has this word.
    ///
    /// # Panics
    /// If the arm has no such option.
    pub fn has_word(&self, key: &str, word: &str) -> bool {
        matches!(self.value(key), OptionValue::Word(chosen) if chosen == word)
    }

    fn position(&self, key: &str) -> usize {
        let found = self.descriptor.options.iter().position(|option| option.key == key);
        found.unwrap_or_else(|| panic!("the arm `{}` has no option `{key}`", self.base_name()))
    }

    /// The name with the options that are not the default's: `label-smoothing`, `label-smoothing(0.9)`.
    pub fn name(&self) -> String {
        let base = self.base_name();
        let is_default = |(option, value): &(&ArmOption, OptionValue)| option.default == *value;
        if self.options().all(|option| is_default(&option)) {
            return base.to_owned();
        }
        let given = self.options().filter(|option| !(option.0.may_be_left_out() && is_default(option)));
        let written: Vec<String> = given.map(|(option, value)| option.write(value)).collect();
        format!("{base}({})", written.join(","))
    }

    /// What the arm cannot do without.
    pub fn needs(&self) -> Needs {
        (self.descriptor.needs)(self)
    }

    /// Whether what the arm makes depends on the student's seed; the rest can be shared by all seeds.
    pub fn depends_on_seed(&self) -> bool {
        (self.descriptor.depends_on_seed)(self)
    }

    /// Whether the distillation weight lambda plays a role; where it does not, it is 0.
    pub fn uses_lambda(&self) -> bool {
        matches!((self.descriptor.loss)(self), LossUse::Everything | LossUse::OwnTemperature(_))
    }

    /// T of the student's softened probabilities, where the suite's is `shared`: an arm may bring its own.
    pub fn student_temperature(&self, shared: Temperature) -> Temperature {
        self.own_temperature().unwrap_or(shared)
    }

    /// T of the student's softened probabilities, where the arm brings its own.
    pub fn own_temperature(&self) -> Option<Temperature> {
        match (self.descriptor.loss)(self) {
            LossUse::OwnTemperature(own) => Some(own),
            _ => None,
        }
    }

    /// What the arm knows of a suite's loss.
    pub fn loss(&self, shared: LossConfig) -> LossConfig {
        let LossConfig { temperature, scaling, .. } = shared;
        match (self.descriptor.loss)(self) {
            LossUse::Nothing => {
                LossConfig { temperature: Temperature::ONE, lambda: Lambda::ZERO, scaling: Scaling::None }
            }
            LossUse::Temperature => LossConfig { temperature, lambda: Lambda::ZERO, scaling: Scaling::None },
            LossUse::TemperatureAndScaling => LossConfig { temperature, lambda: Lambda::ZERO, scaling },
            LossUse::Everything => shared,
            LossUse::OwnTemperature(temperature) => LossConfig { temperature, ..shared },
        }
    }

    /// What the students of this arm are trained on, with the labels. A pure function of its inputs: the same on any
    /// number of threads.
    ///
    /// # Errors
    /// If the arm needs a teacher and there is none, if labels, probabilities and weights do not fit together, or if a
    /// class has too few examples for the arm.
    pub fn targets(&self, inputs: &ArmInputs<'_>) -> Result<ArmOutput, ArmError> {
        inputs.check()?;
        let cast = |rows: Vec<f64>| SoftTargets::from_rows(&rows, inputs.classes);
        Ok(match self.in_f64(inputs)? {
            Computed::Nothing => ArmOutput::Hard,
            Computed::Rows(rows) => ArmOutput::Targets(cast(rows)),
            Computed::Weights(weights, normalisation) => {
                ArmOutput::Weights(ExampleWeights::from_weights(&weights, normalisation))
            }
            Computed::Decoupled(rows, decoupling) => ArmOutput::Decoupled(cast(rows), decoupling),
        })
    }

    /// What the arm makes, before the cast.
    pub(crate) fn in_f64(&self, inputs: &ArmInputs<'_>) -> Result<Computed, ArmError> {
        (self.descriptor.compute)(self, inputs)
    }

    /// The teacher's probabilities.
    ///
    /// # Errors
    /// If there is no teacher.
    pub fn teacher<'a>(&self, inputs: &ArmInputs<'a>) -> Result<&'a TeacherProbabilities, ArmError> {
        inputs.teacher.ok_or_else(|| ArmError::TeacherMissing { arm: self.name() })
    }

    /// The teacher's probabilities at T = 1.
    ///
    /// # Errors
    /// If there is no teacher.
    pub fn teacher_at_one<'a>(&self, inputs: &ArmInputs<'a>) -> Result<&'a TeacherProbabilities, ArmError> {
        inputs.teacher_at_one.ok_or_else(|| ArmError::TeacherMissing { arm: self.name() })
    }

    /// The weights of the teacher's last linear layer.
    ///
    /// # Errors
    /// If they are not known.
    pub fn classifier<'a>(&self, inputs: &ArmInputs<'a>) -> Result<&'a [Vec<f64>], ArmError> {
        inputs.teacher_classifier.ok_or_else(|| ArmError::ClassifierMissing { arm: self.name() })
    }
}

/// Names are unique in a registry.
impl PartialEq for Arm {
    fn eq(&self, other: &Self) -> bool {
        self.base_name() == other.base_name() && self.values == other.values
    }
}

impl fmt::Debug for Arm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Arm({})", self.name())
    }
}
