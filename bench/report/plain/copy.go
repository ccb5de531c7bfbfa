package plain

import (
	"reflect"
	"slices"
	"strings"
	"time"
)

// Copy returns a deep copy of v in which every string, map keys included, is as [Text] has it. What is not text
// (numbers, instants, raw JSON) is as it was. It walks the type, so that a field added to a summary is covered
// from the day it is added.
func Copy[T any](v T) T {
	out := reflect.New(reflect.TypeFor[T]()).Elem()
	out.Set(copyValue(reflect.ValueOf(&v).Elem()))
	return out.Interface().(T)
}

var instant = reflect.TypeFor[time.Time]()

func copyValue(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	switch v.Kind() {
	case reflect.String:
		out.SetString(Text(v.String()))
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(copyValue(v.Elem()))
		}
	case reflect.Interface:
		if !v.IsNil() {
			out.Set(copyValue(v.Elem()))
		}
	case reflect.Struct:
		copyStruct(out, v)
	case reflect.Slice:
		copySlice(out, v)
	case reflect.Map:
		copyMap(out, v)
	default:
		out.Set(v)
	}
	return out
}

func copyStruct(out, v reflect.Value) {
	out.Set(v)
	if v.Type() == instant {
		return
	}
	for i := range v.NumField() {
		if v.Type().Field(i).IsExported() {
			out.Field(i).Set(copyValue(v.Field(i)))
		}
	}
}

func copySlice(out, v reflect.Value) {
	if v.IsNil() || v.Type().Elem().Kind() == reflect.Uint8 {
		out.Set(v)
		return
	}
	out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
	for i := range v.Len() {
		out.Index(i).Set(copyValue(v.Index(i)))
	}
}

func copyMap(out, v reflect.Value) {
	if v.IsNil() {
		return
	}
	out.Set(reflect.MakeMapWithSize(v.Type(), v.Len()))
	keys := v.MapKeys()
	if v.Type().Key().Kind() == reflect.String { // two keys may become one: always the same one wins
		slices.SortFunc(keys, func(a, b reflect.Value) int { return strings.Compare(a.String(), b.String()) })
	}
	for _, k := range keys {
		out.SetMapIndex(copyValue(k), copyValue(v.MapIndex(k)))
	}
}
