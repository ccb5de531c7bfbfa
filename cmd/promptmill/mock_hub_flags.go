package main

import (
	"errors"
	"fmt"
	"net"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/promptmill/promptmill/convert/hub/hubtest"
)

// hubOptions turns the flags of mock hub into options, or says which flag is wrong.
func hubOptions(c *cli.Context) (hubtest.Options, error) {
	opts := hubtest.Options{
		Addr: c.String("listen"), Seed: c.Int64("seed"), Delay: c.Duration("delay"), LinkLifetime: c.Duration("link-lifetime"),
		PageSize: c.Int("page-size"), Writable: c.Bool("writable"), Tokens: c.StringSlice("token"),
	}
	if len(opts.Tokens) == 0 {
		opts.Tokens = nil // any
	}
	if c.Bool("hostile") {
		opts.Items = hubtest.Hostile
	}
	for _, name := range []string{"delay", "link-lifetime", "quota-window", "retry-after"} {
		if c.Duration(name) < 0 {
			return opts, fmt.Errorf("--%s is %v: a time cannot be negative", name, c.Duration(name))
		}
	}
	if opts.PageSize < 0 {
		return opts, fmt.Errorf("--page-size is %d: expected entries of a page, or 0", opts.PageSize)
	}
	var errs [5]error
	opts.ConnectionRate, errs[0] = parseRate("connection-rate", c.String("connection-rate"))
	opts.TotalRate, errs[1] = parseRate("total-rate", c.String("total-rate"))
	opts.Faults, errs[2] = parseFaults(c.StringSlice("fault"), c.Duration("retry-after"))
	opts.Quota, errs[3] = parseQuota(c.StringSlice("quota"), c.Duration("quota-window"))
	opts.Repos, errs[4] = parseAccess(c.StringSlice("access"))
	return opts, errors.Join(errs[:]...)
}

// checkAddress tells an address that is wrong from one that is taken.
func checkAddress(address string) error {
	_, port, err := net.SplitHostPort(address)
	if err != nil {
		return fmt.Errorf("--listen %q: expected HOST:PORT", address)
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return fmt.Errorf("--listen %q: expected a port from 0 to 65535", address)
	}
	return nil
}

// parseFaults reads KIND[@ROUTE]=SHARE, where KIND may be an HTTP status. A share of 0 is no fault.
func parseFaults(flags []string, wait time.Duration) ([]hubtest.Fault, error) {
	var faults []hubtest.Fault
	for _, flag := range flags {
		what, share, _ := strings.Cut(flag, "=")
		kind, route, routed := strings.Cut(what, "@")
		p, err := strconv.ParseFloat(share, 64)
		if err != nil || !(p >= 0 && p <= 1) {
			return nil, fmt.Errorf("--fault %q: expected KIND=SHARE or KIND@ROUTE=SHARE with a share from 0 to 1, such as cut@cdn=0.05", flag)
		}
		f := hubtest.Fault{Kind: hubtest.Kind(kind), Share: p, Bytes: hubtest.Anywhere, Wait: wait, On: hubtest.Route(route)}
		if status, err := strconv.Atoi(kind); err == nil && status >= 400 && status <= 599 {
			f.Kind, f.Status = hubtest.Fail, status
		}
		if !slices.Contains(hubFaults(), f.Kind) {
			return nil, fmt.Errorf("--fault %q: unknown kind %q, expected a status from 400 to 599 or one of %s", flag, kind, kindNames())
		}
		if routed {
			if err := checkRoute("fault", flag, f.On); err != nil {
				return nil, err
			}
		}
		if p > 0 {
			faults = append(faults, f)
		}
	}
	return faults, nil
}

func checkRoute(flag, value string, route hubtest.Route) error {
	if slices.Contains([]hubtest.Route{hubtest.API, hubtest.Resolve, hubtest.CDN}, route) {
		return nil
	}
	return fmt.Errorf("--%s %q: unknown route %q, expected api, resolve or cdn", flag, value, route)
}

// parseQuota reads ROUTE=N.
func parseQuota(flags []string, window time.Duration) (hubtest.Quota, error) {
	q := hubtest.Quota{Window: window}
	for _, flag := range flags {
		route, count, _ := strings.Cut(flag, "=")
		n, err := strconv.Atoi(count)
		if err != nil || n < 1 {
			return q, fmt.Errorf("--quota %q: expected ROUTE=REQUESTS with at least 1, such as api=500", flag)
		}
		switch hubtest.Route(route) {
		case hubtest.API:
			q.API = n
		case hubtest.Resolve:
			q.Resolve = n
		default:
			return q, fmt.Errorf("--quota %q: unknown route %q, expected api or resolve", flag, route)
		}
	}
	return q, nil
}

// parseAccess reads KIND:ORG/NAME[=TOKEN,...]. Without =, every valid token gets in; with nothing after it, none.
func parseAccess(flags []string) (map[string]hubtest.Access, error) {
	repos := map[string]hubtest.Access{}
	for _, flag := range flags {
		kind, rest, _ := strings.Cut(flag, ":")
		name, tokens, named := strings.Cut(rest, "=")
		if org, repo, ok := strings.Cut(name, "/"); !ok || org == "" || repo == "" {
			return nil, accessError(flag)
		}
		a := repos[name]
		if named {
			a.Granted = append([]string{}, splitList(tokens)...)
		}
		switch kind {
		case "private":
			a.Private = true
		case "gated":
			a.Gated = true
		case "disabled":
			a.Disabled = true
		default:
			return nil, accessError(flag)
		}
		repos[name] = a
	}
	return repos, nil
}

// accessError shows of an --access what is before its tokens.
func accessError(flag string) error {
	shown, _, _ := strings.Cut(flag, "=")
	return fmt.Errorf("--access %q: expected private:ORG/NAME, gated:ORG/NAME or disabled:ORG/NAME", shown)
}
