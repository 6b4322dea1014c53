# SPDX-License-Identifier: GPL-2.0-or-later
# in-browser.sh TEST.cjs: runs it with node, or is skipped (77) with the reason.
here=$(dirname "$0")
CHROMIUM=${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}
TL_WEB_MODULES=${TL_WEB_MODULES:-$("$here/../../script/setup" --modules)}
export CHROMIUM TL_WEB_MODULES
for missing in node; do
	command -v $missing >/dev/null || {
		echo "$missing is not installed (script/setup web)"
		exit 77
	}
done
[ -n "$CHROMIUM" ] || {
	echo "chromium is not installed (script/setup web)"
	exit 77
}
[ -e "$TL_WEB_MODULES/playwright-core" ] || {
	echo "playwright-core is not installed (script/setup web)"
	exit 77
}
[ -e /proc/self ] || {
	echo "/proc is not mounted, without which no browser starts"
	exit 77
}
exec node "$here/$1"
