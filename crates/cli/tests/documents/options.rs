//! Compares the options in the guide and in `--help` with the code.

use std::collections::BTreeMap;

use clap::{Command, builder::PossibleValue};
use crypt32_cli::args::Cli;
use crypt32_filter::{
    policy::{Action, OPTIONS, Policy},
    verdict::Basis,
};

use crate::{headings, read, sorted, spans, table};

const PAGE: &str = "docs/options.md";

fn flag_of(option: &str) -> String {
    option.replace('_', "-")
}

/// The default of each option as text, or an empty text for no default.
fn defaults() -> BTreeMap<&'static str, String> {
    let Policy {
        action,
        accept,
        keep_every,
        require_system,
        logs,
        localised,
        only_computers,
        key,
        tags,
        max_record,
    } = Policy::default();
    assert!(logs.is_empty() && localised.is_empty());
    assert_eq!(only_computers.patterns().count(), 0);
    let bases = Basis::WORDS.iter().filter(|word| accept.contains(word.parse().expect("a basis")));
    let accept = bases.copied().collect::<Vec<_>>().join(",");
    let all = [
        ("action", action.to_string()),
        ("accept", accept),
        ("keep_every", keep_every.to_string()),
        ("require_system", require_system.to_string()),
        ("logs", String::new()),
        ("localised", String::new()),
        ("only_computers", String::new()),
        ("key", key),
        ("tags", tags.to_string()),
        ("max_record", max_record.to_string()),
    ];
    assert_eq!(sorted(all.iter().map(|(name, _)| *name)), sorted(OPTIONS));
    all.into()
}

/// The words that an option takes, if it takes words.
fn values(option: &str) -> Option<&'static [&'static str]> {
    match option {
        "action" => Some(Action::WORDS),
        "accept" => Some(Basis::WORDS),
        _ => None,
    }
}

#[test]
fn the_guide_has_every_option_with_its_values_and_its_default() {
    let page = read(PAGE);
    let rows = table(&page, "| option | takes");
    let defaults = defaults();
    assert_eq!(rows.iter().map(|row| spans(row[0])[0]).collect::<Vec<_>>(), OPTIONS);
    let sections: Vec<_> =
        headings(&page, "### ").into_iter().filter(|name| OPTIONS.contains(name)).collect();
    assert_eq!(sections, OPTIONS);
    for row in rows {
        let name = spans(row[0])[0];
        if let Some(values) = values(name) {
            assert_eq!(spans(row[1]), values, "{name}");
        }
        let shown = row[2].trim_matches(['|', '`', ' ']);
        let default = shown.split(',').next().expect("a word").trim_matches('`');
        let meant = &defaults[name];
        assert!(
            shown == meant || default == meant || (meant.is_empty() && shown == "none"),
            "{name}: {shown} is not {meant}"
        );
    }
}

fn subcommands() -> Vec<Command> {
    let all: Vec<_> = Cli::clap_command().get_subcommands().cloned().collect();
    assert!(all.len() > 2);
    all
}

/// The flags of a subcommand, without those of every program.
fn flags(command: &Command) -> Vec<String> {
    command.get_arguments().filter_map(|arg| arg.get_long().map(str::to_owned)).collect()
}

#[test]
fn the_command_has_every_option_and_its_help_says_values_and_default() {
    let defaults = defaults();
    let commands = subcommands();
    let filter = commands.iter().find(|command| command.get_name() == "filter").expect("filter");
    for option in OPTIONS {
        let flag = flag_of(option);
        let argument = filter.get_arguments().find(|arg| arg.get_long() == Some(&flag));
        let argument = argument.unwrap_or_else(|| panic!("filter has no --{flag}"));
        let help = argument.get_help().expect("help").to_string();
        if option == "action" {
            let values = argument.get_possible_values();
            let values: Vec<_> = values.iter().map(PossibleValue::get_name).collect();
            assert_eq!(values, Action::WORDS);
        }
        if let Some((_, shown)) = help.split_once("[default: ") {
            let shown = shown.trim_end_matches(']');
            let shown = shown.strip_suffix(", off").unwrap_or(shown);
            assert_eq!(shown, defaults[option], "--{flag}");
        } else {
            assert!(["", "false"].contains(&defaults[option].as_str()), "--{flag}: no default");
        }
    }
}

#[test]
fn the_guide_has_every_other_flag_beside_the_commands_that_have_it() {
    let page = read(PAGE);
    let rows = table(&page, "| option | of | meaning");
    for command in subcommands() {
        let name = command.get_name().to_owned();
        let told =
            rows.iter().filter(|row| row[1] == "all" || spans(row[1]).contains(&name.as_str()));
        let told: Vec<_> = told
            .map(|row| spans(row[0])[0].trim_start_matches("--").split(' ').next().expect("a flag"))
            .collect();
        let has = flags(&command);
        let own = has.iter().filter(|flag| !OPTIONS.map(flag_of).contains(flag));
        assert_eq!(sorted(told), sorted(own.map(String::as_str)), "{name}");
    }
}
