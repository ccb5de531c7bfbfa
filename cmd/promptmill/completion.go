package main

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// The scripts ask the program what can come next, so they know every flag of the version that is installed.
var (
	//go:embed completion/promptmill.bash
	bashCompletion string
	//go:embed completion/promptmill.zsh
	zshCompletion string
	//go:embed completion/promptmill.fish
	fishCompletion string
)

func (a *app) completionCommand() *cli.Command {
	scripts := map[string]string{"bash": bashCompletion, "zsh": zshCompletion, "fish": fishCompletion}
	return &cli.Command{
		Name:      "completion",
		Usage:     "print what makes a shell complete commands, flags and values",
		ArgsUsage: "bash|zsh|fish",
		Description: `Examples:
  promptmill completion bash > ~/.local/share/bash-completion/completions/promptmill
  promptmill completion zsh > "${fpath[1]}/_promptmill"
  promptmill completion fish > ~/.config/fish/completions/promptmill.fish
  source <(promptmill completion bash)      for this shell only

The folder has to be there; a new shell reads the file.`,
		Category: aboutItself,
		Action: func(c *cli.Context) error {
			script, ok := scripts[c.Args().First()]
			if !ok || c.NArg() != 1 {
				return usagef("completion %s: expected one of bash, zsh, fish", strings.Join(c.Args().Slice(), " "))
			}
			_, err := io.WriteString(a.stdout, script)
			return err
		},
	}
}

// completeCommand is what the scripts call, with the words up to the cursor, the last of which may be empty. A line of
// the answer is a candidate, a tab and what it means; or :files or :folders, which the shell knows.
const completeCommand = "__complete"

func (a *app) complete(words []string) error {
	if len(words) == 0 {
		words = []string{""}
	}
	for _, c := range a.candidates(words) {
		line := c.text
		if c.about != "" {
			line += "\t" + c.about
		}
		if _, err := fmt.Fprintln(a.stdout, printable(line)); err != nil {
			return err
		}
	}
	return nil
}
