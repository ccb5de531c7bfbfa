package main

import (
	"fmt"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/schemas"
)

func (a *app) schemaCommand() *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "print a JSON Schema of the files that promptmill reads and writes",
		ArgsUsage: "[NAME]",
		Description: `Examples:
  promptmill schema            lists the names
  promptmill schema strict     prints one`,
		Action: func(c *cli.Context) error {
			switch c.NArg() {
			case 0:
				return a.listSchemas()
			case 1:
				data, err := schemas.Read(c.Args().First())
				if err != nil {
					return withCode(exitUsage, err)
				}
				_, err = a.stdout.Write(data)
				return err
			}
			return usagef("schema takes one name; got %d arguments", c.NArg())
		},
	}
}

func (a *app) listSchemas() error {
	w := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	for _, s := range schemas.List() {
		fmt.Fprintf(w, "%s\t%s\n", s.Name, s.Title)
	}
	return w.Flush()
}
