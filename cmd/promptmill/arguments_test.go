package main

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/urfave/cli/v2"
)

func TestFlagsFirst(t *testing.T) {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "output", Aliases: []string{"o"}},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}},
		&cli.IntFlag{Name: "limit"},
	}
	tests := []struct{ in, want string }{
		{"", ""},
		{"in.parquet", "-- in.parquet"},
		{"in.parquet -o out.txt", "-o out.txt -- in.parquet"},
		{"-o out.txt in.parquet", "-o out.txt -- in.parquet"},
		{"a -q b --limit 3 c", "-q --limit 3 -- a b c"},
		{"a --output=out.txt", "--output=out.txt -- a"},
		{"- -o -", "-o - -- -"},
		{"a --unknown b", "--unknown -- a b"},
		{"-q -- -strange-name", "-q -- -strange-name"},
		{"a -o", "-o"},
		{"a --limit 3 --output", "--limit 3 --output"},
		{"a -o b --help", "--help"},
		{"a -h b", "-h"},
		{"a -o -h", "-o -h -- a"},
		{"--limit -5 a", "--limit -5 -- a"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, flagsFirst(strings.Fields(tt.in), flags)...)); diff != "" {
			t.Errorf("flagsFirst(%q) (-want +got):\n%s", tt.in, diff)
		}
	}
}

func TestJoinLists(t *testing.T) {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "rate", Usage: "requests per second; `LIST`"},
		&cli.StringFlag{Name: "profile", Aliases: []string{"rate-type"}, Usage: "`LIST` of profiles"},
		&cli.StringFlag{Name: "output", Usage: "`FILE`"},
		&cli.BoolFlag{Name: "quiet"},
	}
	tests := []struct{ in, want string }{
		{"", ""},
		{"--rate 50 -- a", "--rate=50 -- a"},
		{"--rate 50 --quiet --rate=100 --output o --rate 1,2 -- --rate 3", "--rate=50,100,1,2 --quiet --output o -- --rate 3"},
		{"--profile sweep --rate-type constant", "--profile=sweep,constant"},
		{"--output a --output b", "--output a --output b"},
		{"--output --rate --unknown --rate", "--output --rate --unknown --rate"},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(strings.Fields(tt.want), append([]string{}, joinLists(strings.Fields(tt.in), flags)...)); diff != "" {
			t.Errorf("joinLists(%q) (-want +got):\n%s", tt.in, diff)
		}
	}
}
