package identity

import "strings"

// sign is a word in a browser's description of itself, and what it stands for. The first that is found counts, so
// those that claim to be others too stand before them.
type sign struct{ word, name string }

var browsers = []sign{
	{"Edg", "Edge"}, {"OPR/", "Opera"}, {"SamsungBrowser", "Samsung Internet"}, {"FxiOS", "Firefox"}, {"Firefox/", "Firefox"},
	{"CriOS", "Chrome"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"},
}

var systems = []sign{
	{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"CrOS", "ChromeOS"}, {"Windows", "Windows"}, {"Macintosh", "Mac"}, {"Linux", "Linux"},
}

// device names a browser and what it runs on, as its person would: "Chrome on Windows". Programs name themselves in
// their first word: "curl".
func device(userAgent string) string {
	browser, system := firstOf(browsers, userAgent), firstOf(systems, userAgent)
	switch {
	case browser != "" && system != "":
		return browser + " on " + system
	case browser+system != "":
		return browser + system
	}
	program, _, _ := strings.Cut(userAgent, "/")
	program, _, _ = strings.Cut(program, " ")
	if program == "" {
		return "Unknown device"
	}
	return clip(program, 40)
}

func firstOf(signs []sign, text string) string {
	for _, s := range signs {
		if strings.Contains(text, s.word) {
			return s.name
		}
	}
	return ""
}
