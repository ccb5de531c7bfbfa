package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert/hub"
)

func (a *app) pullCommand() *cli.Command {
	return &cli.Command{
		Name:      "pull",
		Usage:     "download a split of a Hugging Face dataset into the cache that Python shares",
		ArgsUsage: "ORG/NAME | hf://datasets/ORG/NAME[@REV][/CONFIG[/SPLIT]]",
		Description: `Examples:
  promptmill pull openai/gsm8k --config main --split test
  promptmill convert $(promptmill pull openai/gsm8k --config main --split test) -o prompts.jsonl

Prints the path of each file. HF_TOKEN, HF_ENDPOINT, HF_HOME and HF_HUB_OFFLINE mean what they mean to the Python client.`,
		Flags:  hubFlags(),
		Action: a.pull,
	}
}

func (a *app) pull(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("pull takes one dataset, such as openai/gsm8k; got %d arguments", c.NArg())
	}
	parse := hub.ParseRepo
	if arg := c.Args().First(); len(arg) > len(hubScheme) && arg[:len(hubScheme)] == hubScheme {
		parse = hub.ParseURL
	}
	ref, err := parse(c.Args().First())
	if err != nil {
		return withCode(exitUsage, err)
	}
	src, err := a.download(c, ref)
	if err != nil {
		return err
	}
	for _, f := range src.Files {
		if _, err := fmt.Fprintln(a.stdout, f.Path); err != nil {
			return err
		}
	}
	a.logf("%s at %.12s, config %s, split %s: %d files", src.Repo, src.Commit, src.Config, src.Split, len(src.Files))
	return nil
}
