package main

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

func (a *app) mockHubCommand() *cli.Command {
	return &cli.Command{
		Name:      "hub",
		Usage:     "serve a folder FOLDER/ORG/NAME/... as datasets, the way the Hub does, with every fault on demand",
		ArgsUsage: "FOLDER",
		Description: `Examples:
  promptmill mock hub testdata/hub &
  HF_ENDPOINT=http://127.0.0.1:8001 promptmill pull promptmill/arithmetic --split test

  promptmill mock hub data --delay 50ms --connection-rate 20MiB --fault cut@cdn=0.05 --fault limit=0.05
  curl http://127.0.0.1:8001/double/stats

A folder ORG/NAME@REVISION is another revision of ORG/NAME, with / written as %2F. Large files come from a second
port, as on the Hub. Faults: ` + kindNames() + `
or an HTTP status. Parts of the Hub for @ROUTE: api, resolve, cdn (the second port).
The first line on stdout is the URL. Ctrl-C ends it.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8001", Usage: "`ADDRESS`; port 0 takes a free one"},
			&cli.DurationFlag{Name: "delay", Usage: "round trip of the line: `TIME` before each answer and each new connection"},
			&cli.StringFlag{Name: "connection-rate", Usage: "`SIZE` per second that one connection carries each way; empty is no limit"},
			&cli.StringFlag{Name: "total-rate", Usage: "`SIZE` per second that all connections carry together each way; empty is no limit"},
			&cli.StringSliceFlag{Name: "fault", Usage: "`KIND[@ROUTE]=SHARE` of requests that go wrong, as cut@cdn=0.05; repeatable"},
			&cli.Int64Flag{Name: "seed", Usage: "of the faults: `N`"},
			&cli.DurationFlag{Name: "retry-after", Usage: "`TIME` that faults of status 429 ask to wait; 0 is a second"},
			&cli.StringSliceFlag{Name: "quota", Usage: "`ROUTE=N` requests in each window, then 429, as api=500; repeatable"},
			&cli.DurationFlag{Name: "quota-window", Usage: "`TIME` of a window; 0 is 5 minutes"},
			&cli.DurationFlag{Name: "link-lifetime", Usage: "`TIME` that a signed link works; 0 is for ever"},
			&cli.IntFlag{Name: "page-size", Usage: "entries of one page of a listing: `N`; 0 is 1000"},
			&cli.StringSliceFlag{Name: "token", Usage: "a valid `TOKEN`; repeatable; without any, every token is"},
			&cli.StringSliceFlag{Name: "access", Usage: "`KIND:ORG/NAME[=TOKEN,...]`: private, gated or disabled, and who gets in; repeatable"},
			&cli.BoolFlag{Name: "hostile", Usage: "add names to every listing that try to leave the folder of the dataset"},
			&cli.BoolFlag{Name: "writable", Usage: "take uploads, kept in memory until the end; FOLDER may then be empty"},
		},
		Action: a.mockHub,
	}
}

// hubFaults are the kinds of faults that a flag can ask for: all but the one that only adds headers, which it has no
// words for.
func hubFaults() []hubtest.Kind {
	return slices.DeleteFunc(hubtest.Kinds(), func(k hubtest.Kind) bool { return k == hubtest.Annotate })
}

func kindNames() string {
	var names []string
	for _, k := range hubFaults() {
		names = append(names, string(k))
	}
	return strings.Join(names, ", ")
}

func (a *app) mockHub(c *cli.Context) error {
	if c.NArg() != 1 {
		return usagef("mock hub takes one folder; got %d arguments", c.NArg())
	}
	folder := c.Args().First()
	info, err := os.Stat(folder)
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return usagef("%s is not a folder", folder)
	}
	opts, err := hubOptions(c)
	if err != nil {
		return withCode(exitUsage, err)
	}
	if err := checkAddress(opts.Addr); err != nil {
		return withCode(exitUsage, err)
	}
	s, err := hubtest.Start(os.DirFS(folder), opts)
	if err != nil {
		return fmt.Errorf("%s: %w", folder, err)
	}
	for name := range opts.Repos {
		if repos := s.Repos(); !slices.Contains(repos, name) {
			_ = s.Close() // nothing has been served
			if len(repos) == 0 {
				return usagef("--access: no dataset %s in %s, which has none", name, folder)
			}
			return usagef("--access: no dataset %s in %s, only %s", name, folder, strings.Join(repos, ", "))
		}
	}
	fmt.Fprintln(a.stdout, s.URL)
	<-c.Done()
	return s.Close()
}
