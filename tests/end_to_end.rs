//! End-to-end tests: the binary as a user calls it, on a small suite over real data.

mod arrays;
mod bad_input;
mod calibrate;
mod clock;
mod commands;
mod contenders;
mod damage;
mod diagnostics;
mod foreign_teachers;
mod full_disk;
mod imports;
mod interruption;
mod kept_report;
mod kill_campaign;
mod newsgroups;
mod planted_worlds;
mod readme;
mod repetition;
mod resumption;
mod serving;
mod several_suites;
mod small_suite;
mod suite_run;
mod sweeps;
mod targets;
