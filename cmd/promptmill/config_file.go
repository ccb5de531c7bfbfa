package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"
	"go.yaml.in/yaml/v3"
)

const (
	configName     = "promptmill.yaml"        // is read where it lies in the working folder
	configVariable = "PROMPTMILL_CONFIG_FILE" // names another
)

// configFile is a promptmill.yaml, checked against the flags that there are:
//
//	bench:
//	  target: http://127.0.0.1:8000
//	  profile: [synchronous, throughput]
type configFile struct {
	path     string
	settings []setting
}

// setting is a flag that the file sets.
type setting struct {
	command string // as it is typed, without promptmill
	flag    string
	values  []string // more than one for a flag that repeats
	line    int
}

// readConfig reads the file at path, or the one of the working folder when path is "", which need not be there.
func readConfig(path string, commands []*cli.Command) (*configFile, error) {
	given := path != ""
	if !given {
		path = configName
	}
	data, err := readFile(path)
	if errors.Is(err, fs.ErrNotExist) && !given {
		return &configFile{}, nil
	}
	if err != nil {
		return nil, err
	}
	c := &configFile{path: path}
	if err := c.parse(data, commands); err != nil {
		return nil, withCode(exitUsage, err)
	}
	return c, nil
}

// parse fills in the settings. It works on YAML's nodes, which have places, and follows no alias.
func (c *configFile) parse(data []byte, commands []*cli.Command) error {
	in := yaml.NewDecoder(bytes.NewReader(data))
	var doc, second yaml.Node
	switch err := in.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil // nothing but comments
	case err != nil:
		return fmt.Errorf("%s: %w", c.path, err)
	}
	if in.Decode(&second) == nil {
		return c.errorf(&second, "a second document: expected one")
	}
	root := doc.Content[0]
	if root.Kind != yaml.MappingNode {
		return c.errorf(root, "expected sections named after commands, such as `bench:`")
	}
	return c.pairs(root, func(key, value *yaml.Node) error {
		i := slices.IndexFunc(commands, func(cmd *cli.Command) bool { return cmd.HasName(key.Value) })
		if i < 0 {
			return c.unknownSection(key, commands)
		}
		return c.section(commands[i], value)
	})
}

// section reads what is said of one command.
func (c *configFile) section(cmd *cli.Command, body *yaml.Node) error {
	if body.Kind == yaml.ScalarNode && body.Tag == "!!null" {
		return nil // a section whose settings are all comments
	}
	if body.Kind != yaml.MappingNode {
		return c.errorf(body, "%s: expected flags and their values, such as `quiet: true`", cmd.Name)
	}
	return c.pairs(body, func(key, value *yaml.Node) error {
		for _, sub := range cmd.Subcommands {
			if sub.HasName(key.Value) {
				return c.section(sub, value)
			}
		}
		name := strings.ReplaceAll(key.Value, "_", "-")
		for _, o := range options(cmd) {
			if o.long() == name {
				return c.set(cmd, o, value)
			}
		}
		return c.unknownFlag(key, cmd)
	})
}

// pairs calls f for every key of a mapping; a key that comes twice is an error.
func (c *configFile) pairs(m *yaml.Node, f func(key, value *yaml.Node) error) error {
	seen := make(map[string]int)
	for i := 0; i+1 < len(m.Content); i += 2 {
		key, value := m.Content[i], m.Content[i+1]
		if line := seen[key.Value]; line > 0 {
			return c.errorf(key, "%s is already in line %d", quoted(key.Value), line)
		}
		seen[key.Value] = key.Line
		if value.Kind == yaml.AliasNode || key.Kind != yaml.ScalarNode {
			return c.errorf(key, "%s: expected a name and its value; aliases are not followed", quoted(key.Value))
		}
		if err := f(key, value); err != nil {
			return err
		}
	}
	return nil
}

// set records the value of a flag.
func (c *configFile) set(cmd *cli.Command, o option, value *yaml.Node) error {
	items := []*yaml.Node{value}
	list := o.repeats || o.value == "LIST"
	if value.Kind == yaml.SequenceNode && list {
		items = value.Content
	}
	var texts []string
	for _, item := range items {
		if item.Kind != yaml.ScalarNode || item.Tag == "!!null" {
			return c.errorf(item, "%s.%s: expected %s", cmd.Name, o.long(), expects(o, list))
		}
		if isSecret(item.Value) {
			return c.secret(item, cmd.Name+"."+o.long())
		}
		if !takes(o.flag, item.Value) {
			return c.errorf(item, "%s.%s %s: expected %s", cmd.Name, o.long(), quoted(item.Value), expects(o, list))
		}
		texts = append(texts, item.Value)
	}
	if !o.repeats {
		texts = []string{strings.Join(texts, ",")}
	}
	command := strings.TrimPrefix(cmd.HelpName, "promptmill ")
	c.settings = append(c.settings, setting{command: command, flag: o.long(), values: texts, line: value.Line})
	return nil
}

func expects(o option, list bool) string {
	if list {
		return "a text or a list of texts"
	}
	return wanted(o.long(), []cli.Flag{o.flag})
}

// takes reports whether the flag's type has the value.
func takes(f cli.Flag, value string) bool {
	var err error
	switch f.(type) {
	case *cli.BoolFlag:
		_, err = strconv.ParseBool(value)
	case *cli.IntFlag, *cli.Int64Flag:
		_, err = strconv.ParseInt(value, 0, 64)
	case *cli.Float64Flag:
		_, err = strconv.ParseFloat(value, 64)
	case *cli.DurationFlag:
		_, err = time.ParseDuration(value)
	}
	return err == nil
}

func (c *configFile) unknownSection(key *yaml.Node, commands []*cli.Command) error {
	if secretName.MatchString(key.Value) {
		return c.secret(key, quoted(key.Value))
	}
	var names, owners []string
	for _, cmd := range commands {
		names = append(names, cmd.Name)
		for _, o := range options(cmd) {
			if o.long() == key.Value {
				owners = append(owners, cmd.Name)
			}
		}
	}
	if len(owners) > 0 {
		return c.errorf(key, "%s is a flag of %s: put it in the section of a command, such as `%s:`", quoted(key.Value), strings.Join(owners, ", "), owners[0])
	}
	return c.errorf(key, "no command %s%s", quoted(key.Value), didYouMean(key.Value, names))
}

func (c *configFile) unknownFlag(key *yaml.Node, cmd *cli.Command) error {
	if secretName.MatchString(key.Value) {
		return c.secret(key, quoted(key.Value))
	}
	var names []string
	for _, o := range options(cmd) {
		names = append(names, o.long())
	}
	return c.errorf(key, "%s has no flag %s%s (see %s --help)", cmd.Name, quoted(key.Value), didYouMean(key.Value, names), cmd.HelpName)
}

var (
	secretName  = regexp.MustCompile(`(?i)(^|[-_])(token|secret|password|authorization|api[-_]?key)$`)
	secretValue = regexp.MustCompile(`(?i)\bbearer\s+\S|\bhf_\w{8}|\bsk-[\w-]{8}|://[^/@\s]*:[^/@\s]*@|^\s*([\w-]*authorization|[\w-]*api-?key|cookie)\s*[:=]`)
)

// isSecret reports whether a value looks like a credential.
func isSecret(value string) bool { return secretValue.MatchString(value) }

func (c *configFile) secret(at *yaml.Node, what string) error {
	return c.errorf(at, "%s is a secret, and this file is no place for one: set PROMPTMILL_API_KEY for a model server, HF_TOKEN for the Hub", what)
}

func (c *configFile) errorf(at *yaml.Node, format string, args ...any) error {
	return fmt.Errorf("%s:%d:%d: %w", c.path, at.Line, at.Column, fmt.Errorf(format, args...))
}

// quoted is a key or value of the file in a message, cut where it is long.
func quoted(s string) string {
	const most = 60
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "..."
	}
	return strconv.Quote(s)
}
