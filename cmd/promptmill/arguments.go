package main

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// flagsFirst reorders args so that flags come before arguments, which is the only order that the flag parser takes:
// `convert in.parquet -o out.txt` becomes `convert -o out.txt -- in.parquet`. A flag that it does not know stays
// where it is found, before the arguments, so that the parser refuses it; so does a last flag whose value is missing,
// without arguments, which would be taken for the value. A request for help is returned alone, whatever else is there.
func flagsFirst(args []string, flags []cli.Flag) []string {
	takesValue := make(map[string]bool)
	for _, f := range flags {
		_, isBool := f.(*cli.BoolFlag)
		if g, ok := f.(*cli.GenericFlag); ok {
			_, isBool = g.Value.(*optional)
		}
		for _, name := range f.Names() {
			takesValue[name] = !isBool
		}
	}
	var front, rest []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		if arg == "--" {
			rest = append(rest, args[i+1:]...)
			break
		}
		if len(arg) < 2 || arg[0] != '-' { // "-" alone is stdin or stdout
			rest = append(rest, arg)
			continue
		}
		front = append(front, arg)
		name := strings.TrimLeft(arg, "-")
		switch {
		case isHelp(arg):
			return []string{arg}
		case strings.Contains(name, "=") || !takesValue[name]:
		case i+1 == len(args):
			return front
		default:
			i++
			front = append(front, args[i])
		}
	}
	if len(rest) == 0 {
		return front
	}
	return append(append(front, "--"), rest...)
}
