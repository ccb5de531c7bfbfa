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
	takesValue := valued(flags)
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

// valued says, by each of their names, whether flags take a value.
func valued(flags []cli.Flag) map[string]bool {
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
	return takesValue
}

// joinLists makes one of the values of a flag that takes a list and is given more than once, of which the parser would
// keep the last alone: `--rate 50 --rate 100` becomes `--rate 50,100`. Flags come first, as [flagsFirst] has them.
func joinLists(args []string, flags []cli.Flag) []string {
	takesValue, lists := valued(flags), make(map[string]string)
	for _, f := range flags {
		if _, ok := f.(*cli.StringFlag); ok && describeFlag(f).value == "LIST" {
			for _, name := range f.Names() {
				lists[name] = f.Names()[0]
			}
		}
	}
	var out []string
	at := make(map[string]int) // in out, of the lists that have come
	for i := 0; i < len(args); i++ {
		name, value, joined := strings.Cut(strings.TrimLeft(args[i], "-"), "=")
		if args[i] == "--" || !joined && takesValue[name] && i+1 == len(args) {
			return append(out, args[i:]...)
		}
		if !joined && takesValue[name] {
			i++
			value = args[i]
		}
		list, isList := lists[name]
		first, again := at[list]
		switch {
		case isList && again:
			out[first] += "," + value
			continue
		case isList:
			at[list] = len(out)
			out = append(out, "--"+name+"="+value)
		case joined || !takesValue[name]:
			out = append(out, args[i])
		default:
			out = append(out, args[i-1], value)
		}
	}
	return out
}
