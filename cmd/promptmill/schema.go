package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/schemas"
)

func (a *app) schemaCommand() *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "print a JSON Schema of the files that promptmill writes",
		ArgsUsage: "[NAME]",
		Description: `Examples:
  promptmill schema            lists the names
  promptmill schema strict     prints one`,
		Action: func(c *cli.Context) error {
			if c.NArg() > 1 {
				return usagef("schema takes one name; got %d arguments", c.NArg())
			}
			if c.NArg() == 0 {
				for _, name := range schemas.Names() {
					fmt.Fprintln(a.stdout, name)
				}
				return nil
			}
			data, err := schemas.Read(c.Args().First())
			if err != nil {
				return withCode(exitUsage, err)
			}
			_, err = a.stdout.Write(data)
			return err
		},
	}
}
