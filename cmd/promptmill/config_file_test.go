package main

import (
	"strings"
	"testing"
)

// Whatever a settings file holds, it is refused with its name, or every flag that it sets is one and has values.
func FuzzConfigFile(f *testing.F) {
	for _, seed := range []string{
		"bench:\n  target: http://127.0.0.1:8000\n  profile: [synchronous, throughput]\n", "mock: {hub: {listen: x}}", "bench:", "# nothing",
		"bench: &a {quiet: true}\nmock: *a", "bench: {quiet: [true]}", "? [x]\n: y", "a: b\n---\nc: d", "convert: {clean: [a=on, b=off]}", "bench: !!binary aGk=",
		"<<: {bench: {quiet: true}}", "bench: {header: 'Authorization: x'}", "\x00", "bench: {max-requests: 0x10}",
	} {
		f.Add(seed)
	}
	commands := newTestApp().cli.Commands
	f.Fuzz(func(t *testing.T, text string) {
		c := &configFile{path: "promptmill.yaml"}
		if err := c.parse([]byte(text), commands); err != nil {
			if !strings.HasPrefix(err.Error(), "promptmill.yaml:") {
				t.Errorf("the error does not name the file: %v", err)
			}
			return
		}
		for _, s := range c.settings {
			a := newTestApp()
			cmd, rest := a.find(strings.Fields(s.command))
			if cmd == nil || len(rest) > 0 {
				t.Fatalf("%q is no command", s.command)
			}
			if _, ok := optionOf(cmd, s); !ok || s.line < 1 {
				t.Errorf("%+v is no flag with a place", s)
			}
			if len(s.values) == 0 {
				t.Errorf("%+v sets nothing", s)
			}
			for _, v := range s.values {
				if isSecret(v) {
					t.Errorf("%+v is a secret", s)
				}
			}
		}
	})
}
