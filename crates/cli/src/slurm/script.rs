//! The scripts that Slurm runs.

use fractionate_ablation::suite::SlurmSettings;

use super::Sizes;

/// What a suite's scripts are made from.
#[derive(Debug)]
pub(crate) struct Scripts<'a> {
    /// The suite's name.
    pub(crate) suite: &'a str,
    /// The folder that the user submits from.
    pub(crate) here: &'a str,
    /// The folder of the scripts and of what the jobs say.
    pub(crate) folder: &'a str,
    /// The words of the command that trains: the binary, `run`, the suite and its options.
    pub(crate) run: Vec<String>,
    /// The words of the command that reports.
    pub(crate) report: Vec<String>,
    /// Processor cores of the teacher's job and of each task.
    pub(crate) cpus: usize,
    pub(crate) sizes: Sizes,
    pub(crate) settings: &'a SlurmSettings,
}

/// One job of the three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Job {
    Teacher,
    Students,
    Report,
}

impl Job {
    /// Its name in files and on screen.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Teacher => "teacher",
            Self::Students => "students",
            Self::Report => "report",
        }
    }

    /// The options of `sbatch` that make it wait for an earlier job.
    pub(crate) fn after(self, earlier: &str) -> Vec<String> {
        match self {
            // Without its teacher no student can be trained: an array that waited for ever would only be in the way.
            Self::Teacher | Self::Students => {
                vec![format!("--dependency=afterok:{earlier}"), "--kill-on-invalid-dep=yes".to_owned()]
            }
            // Half a suite can be reported, and the report says what is missing.
            Self::Report => vec![format!("--dependency=afterany:{earlier}")],
        }
    }
}

/// A task that was sent back so often has another fault than its time limit.
const MOST_RESTARTS: u32 = 20;

/// Seconds before the time limit at which a task is told to save what it has.
const WARNING_SECONDS: u32 = 60;

impl Scripts<'_> {
    /// The script of a job.
    pub(crate) fn of(&self, job: Job) -> String {
        let mut text = "#!/bin/bash\n".to_owned();
        for (name, value) in self.options(job) {
            match value {
                Some(value) => text.push_str(&format!("#SBATCH --{name}={}\n", for_sbatch(&value))),
                None => text.push_str(&format!("#SBATCH --{name}\n")),
            }
        }
        text.push('\n');
        for line in &self.settings.setup {
            text.push_str(&format!("{line}\n"));
        }
        match job {
            Job::Teacher => text.push_str(&self.training("--teacher-only", "$SLURM_JOB_ID")),
            // By its job's number alone one task of an array is taken for the whole of it.
            Job::Students => {
                text.push_str(&self.training("--no-report", "${SLURM_ARRAY_JOB_ID}_$SLURM_ARRAY_TASK_ID"));
            }
            Job::Report => text.push_str(&format!("exec {}\n", words(&self.report))),
        }
        text
    }

    fn options(&self, job: Job) -> Vec<(String, Option<String>)> {
        let Self { sizes, settings, .. } = self;
        let mut options: Vec<(String, Option<String>)> = Vec::new();
        let mut add = |name: &str, value: Option<String>| options.push((name.to_owned(), value));
        let value = |text: &str| Some(text.to_owned());
        add("job-name", Some(format!("{}-{}", self.suite, job.name())));
        add("chdir", value(self.here));
        let number = if job == Job::Students { "%A_%a" } else { "%j" };
        let said = format!("{}/{}-{number}.out", self.folder.replace('%', "%%"), job.name());
        add("output", Some(said));
        add("open-mode", value("append"));
        if job == Job::Students {
            add("array", Some(format!("1-{}", sizes.tasks)));
        }
        let minutes = match job {
            Job::Teacher => sizes.teacher_minutes,
            Job::Students => sizes.task_minutes,
            Job::Report => sizes.report_minutes,
        };
        add("time", Some(span(minutes)));
        add("ntasks", value("1"));
        add("cpus-per-task", Some(if job == Job::Report { 1 } else { self.cpus }.to_string()));
        add("requeue", None);
        if job != Job::Report {
            add("signal", Some(format!("TERM@{WARNING_SECONDS}")));
        }
        for (name, given) in [("partition", &settings.partition), ("account", &settings.account)] {
            if let Some(given) = given {
                add(name, value(given));
            }
        }
        if let Some(gpus) = settings.gpus.as_ref().filter(|_| job != Job::Report) {
            add("gpus", value(gpus));
        }
        options.extend(settings.options.iter().cloned());
        options
    }

    /// The command that trains, and what becomes of a task that was told to stop; `own` is what Slurm calls it.
    fn training(&self, flag: &str, own: &str) -> String {
        let run = [&self.run[..], &[flag.to_owned()]].concat();
        // As a step of the job: the warning before a time limit or a preemption goes to steps.
        format!(
            "srun --ntasks=1 --cpus-per-task={} {}\n\
             code=$?\n\
             # Told to stop, it saved what it had: it queues again and goes on from there.\n\
             if [ \"$code\" -eq 130 ] && [ \"${{SLURM_RESTART_COUNT:-0}}\" -lt {MOST_RESTARTS} ]; then\n    \
             scontrol requeue \"{own}\" && sleep 60\n\
             fi\n\
             exit \"$code\"\n",
            self.cpus,
            words(&run),
        )
    }
}

/// Minutes as Slurm writes them: `2:05:00`, `1-02:00:00`.
pub(crate) fn span(minutes: u64) -> String {
    let (days, hours, minutes) = (minutes / 1_440, minutes / 60 % 24, minutes % 60);
    if days > 0 { format!("{days}-{hours:02}:{minutes:02}:00") } else { format!("{hours}:{minutes:02}:00") }
}

/// A value as a line `#SBATCH` takes it.
fn for_sbatch(value: &str) -> String {
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '#' | '"' | '\'' | '\\');
    if value.chars().all(plain) {
        return value.to_owned();
    }
    format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""))
}

/// Words as a shell reads them back.
pub(crate) fn words(words: &[String]) -> String {
    words.iter().map(|word| for_shell(word)).collect::<Vec<_>>().join(" ")
}

fn for_shell(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-_./=:,@%+".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_slurm_reads_them() {
        assert_eq!([5, 60, 125, 1_440, 2_945].map(span), ["0:05:00", "1:00:00", "2:05:00", "1-00:00:00", "2-01:05:00"]);
    }

    #[test]
    fn a_shell_reads_every_word_back_as_it_was() {
        let asked =
            ["plain-word_1.0", "", "with space", "it's", "$HOME `id` \"x\"", "a\nb", "student.hidden=[32]", "~"];
        let asked: Vec<String> = asked.map(str::to_owned).to_vec();
        let script = format!("printf '%s\\0' {}", words(&asked));
        let read = std::process::Command::new("sh").args(["-c", &script]).output().unwrap().stdout;
        let read: Vec<&str> = std::str::from_utf8(&read).unwrap().split_terminator('\0').collect();
        assert_eq!(read, asked);
    }
}
