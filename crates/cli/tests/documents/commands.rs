//! Tests that the program accepts every `crypt32-filter` command line in a document, a
//! configuration or the page.

use crypt32_cli::args::{Cli, Command};

use crate::{documents, files, read};

/// The words that end a command in a shell, or in the text around it.
const ENDS: &[&str] = &["|", "||", "&&", ";", ">", ">>", "<", "#", "\\"];

/// The code in a Markdown text: each line of a code block, and each code span, which may continue
/// on the next line.
fn code(text: &str) -> Vec<String> {
    let parts = text.split("```").enumerate();
    let lines = parts.flat_map(|(i, part)| {
        if i % 2 == 1 {
            part.lines().map(str::to_owned).collect::<Vec<_>>()
        } else {
            part.split('`').skip(1).step_by(2).map(|span| span.replace('\n', " ")).collect()
        }
    });
    lines.collect()
}

/// The command lines in a text: the words from the program's name to the end of the command.
fn commands(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    for line in code(text) {
        for (at, name) in line.match_indices("crypt32-filter ") {
            let words = words(&line[at + name.len()..]);
            let before = line[..at].trim_start();
            let run =
                before.is_empty() || ["npx ", "| ", "$ "].iter().any(|end| before.ends_with(end));
            if run || words.first().is_some_and(|word| is_a_subcommand(word)) {
                found.push(words);
            }
        }
    }
    found
}

/// A subcommand or a flag. Other words belong to the sentence.
fn is_a_subcommand(word: &str) -> bool {
    word.starts_with('-')
        || Cli::clap_command().get_subcommands().any(|command| command.get_name() == word)
}

fn words(command: &str) -> Vec<String> {
    let words = command.split_whitespace();
    let words = words.take_while(|word| !ENDS.contains(word) && !word.starts_with("2>"));
    words
        .map(|word| word.trim_end_matches([')', ';', ',', '"']).trim_matches('\'').to_owned())
        .collect()
}

/// Parses the command as the program does, with its options and their values.
fn check(words: &[String], whence: &str) {
    let shown = words.join(" ");
    match Cli::parse_from_args(words) {
        Ok(cli) => {
            let policy = match &cli.command {
                Command::Filter(filter) => filter.policy(),
                Command::Classify(classify) => classify.policy(),
                Command::Explain(explain) => explain.policy(),
                Command::Report(report) => report.policy(),
                Command::Completions { .. } => return,
            };
            assert!(
                policy.is_ok(),
                "{whence}: crypt32-filter {shown}: {}",
                policy.unwrap_err().text
            );
        }
        Err(ended) => {
            assert_eq!(ended.exit_code, 0, "{whence}: crypt32-filter {shown}: {}", ended.text);
        }
    }
}

#[test]
fn in_the_documents() {
    let mut seen = 0;
    for path in documents() {
        for words in commands(&read(&path)) {
            check(&words, &path.display().to_string());
            seen += 1;
        }
    }
    assert!(seen > 10, "{seen}");
}

#[test]
fn in_the_help_of_each_subcommand() {
    for command in Cli::clap_command().get_subcommands() {
        let help = command.get_after_help().expect("examples").to_string();
        let lines: Vec<_> = help.lines().filter(|line| line.starts_with("  ")).collect();
        assert!(!lines.is_empty(), "{}", command.get_name());
        for line in lines {
            let line = line.split("crypt32-filter ").nth(1).expect("the program");
            check(&words(line), "--help");
        }
    }
}

/// Comments of configurations, and the commands that the page offers to copy. The tests of the page
/// run the commands that it assembles from parts.
#[test]
fn in_configurations_and_on_the_page() {
    let endings = [".yaml", ".conf", ".sql", ".service", ".ts", ".mjs"];
    let mut seen = 0;
    for folder in ["crates", "www/src", "scripts", "docs"] {
        for path in files(folder, &endings) {
            for part in read(&path).split('`').skip(1).step_by(2) {
                let Some(command) = part.strip_prefix("crypt32-filter ") else { continue };
                if command.contains("${")
                    || !words(command).first().is_some_and(|w| is_a_subcommand(w))
                {
                    continue;
                }
                check(&words(command), &path.display().to_string());
                seen += 1;
            }
        }
    }
    assert!(seen > 0);
}

/// Every target of `make` in documents, workflows and `.ci/run` is in the help of `make`.
#[test]
fn of_make_are_in_its_help() {
    let makefile = read("Makefile");
    let explained = makefile
        .lines()
        .filter_map(|line| line.split_once(": ")?.1.contains("## ").then_some(line));
    let targets: Vec<_> = explained.filter_map(|line| line.split(':').next()).collect();
    assert!(targets.len() > 10);
    let mut lines: Vec<String> = documents().iter().flat_map(|path| code(&read(path))).collect();
    let workflow = read(".github/workflows/ci.yml");
    let matrix = workflow.split("target: [").nth(1).expect("a matrix").split(']').next();
    let matrix: Vec<_> =
        matrix.expect("an end").split(", ").map(|name| format!("make {name}")).collect();
    // The workflow runs the same steps as `.ci/run`.
    let ci = read(".ci/run");
    assert_eq!(ci.lines().filter(|line| line.starts_with("make ")).collect::<Vec<_>>(), matrix);
    lines.extend(matrix);
    for path in files(".github", &[".yml"]) {
        let runs = read(path);
        lines.extend(
            runs.lines().filter_map(|line| line.split_once("run: ")).map(|(_, run)| run.to_owned()),
        );
    }
    let named = lines.iter().filter_map(|line| line.trim().strip_prefix("make "));
    let named: Vec<_> = named.filter(|rest| !rest.starts_with("${{")).collect();
    assert!(named.len() > 10);
    for rest in named {
        let name = rest.split_whitespace().next().expect("a target");
        assert!(targets.contains(&name), "make {rest}");
    }
}
