/** Expressions that Terraform and our evaluator must give the same value; one a line, by area. */
export const EXPRESSIONS: Readonly<Record<string, string>> = {
  "literals and operators": String.raw`
1e3
1.50
007
1.5e-7
"${"$"}{1.5e-7} ${"$"}{1e21} x"
"\u00e9\n\t\"\\ é"
0.1 + 0.2
0.1 * 3
1e-3 * 3
10 / 4
10 / 3 * 3
5 % 3
-5 % 3
5.5 % 2
5 % 0
1 + 2 * 3 - 4 / 2 % 3
5 - 3 - 1
1 - -1
1 --1
-[1][0] + 1
-"5"
!"true"
!true == false
true || false && false
true && "true"
"10" > 9
"5" < 10
"1" + "2"
1 == 1 == true
"1" == 1
true == "true"
1 != "1"
1.0 == 1
null == null
1 == null
null == []
[] == []
[1, "a"] == [1, "b"]
[null, 1] == [null, 1]
{a = 1} == {"a" = 1}
"a" == "a\u0301"
(1 + 2) * 3 /* comment */`,

  "strings and templates": String.raw`
"a${"$"}{1}b"
"a${"$"}{true}"
"${"$"}{1}"
"${"$"}{[1]}"
"${"$"}{"${"$"}{"x"}"}"
"$${"$"}${"$"}{1}"
"$$${"$"}{1}"
"%%{if}"
"$ % $$ %%"
"a \n ${"$"}{~ 1 ~} \n b"
"%{ if true }yes%{ else }no%{ endif }"
"%{ if false }yes%{ endif }|"
"%{ if true }${"$"}{1}%{ endif }"
"%{ for x in ["a", "b"] }<${"$"}{x}>%{ endfor }"
"%{ for k, v in {b = 1, a = 2} }${"$"}{k}=${"$"}{v};%{ endfor }"
"%{ for x in [1, 2] ~} ${"$"}{x} %{~ endfor }"`,

  "conditionals unify types": String.raw`
true ? 1 : "a"
[true ? [1] : ["a", "b"]]
true ? {a = 1} : {b = "x"}
true ? {a = 1} : {a = "x"}
true ? null : 1
false ? null : 1
true ? [] : [1, "a"]
true ? true : "x"
false ? {} : {a = 1, b = "x"}
true ? [1, "a"] : []
true ? [1, "a"] : [true]
true ? [{a = 1}] : [{a = 2, b = 3}]
[true ? [{a = 1}] : [{a = "2"}, {a = true}]]
true ? null : [1]
"true" ? 1 : 0
true ? false ? 1 : 2 : 3
{a = 1}.a == 1 ? "y" : "n"`,

  "traversals and splats": String.raw`
[1, 2]["0"]
{"1" = 2}[1]
[1, 2].0
[1, 2]. 0
{true = 1}[true]
[[1, 2], [3]][*][0]
null[*]
{a = 1}[*]
{a = 1}[*].a
[{a = [1, 2]}, {a = [3]}][*].a[0]
[{a = [1, 2]}, {a = [3]}].*.a[0]
[{a = [{b = 1}]}][*].a[*].b
toset([{a = 1}])[*].a
{a = {"b c" = [1, {d = "x"}]}}.a["b c"][1].d`,

  "constructors and for": String.raw`
[1, 2,]
{"a" : 1, "b" = 2,}
{a = 1, a = 2}
{(1) = 2, (true) = 3}
{null = 1}
{"a${"$"}{1}" = 1}
{upper("a") = 1}
[for x in [1, 2, 3] : x * 2 if x != 2]
[for i, x in ["a", "b"] : "${"$"}{i}${"$"}{x}"]
[for k, v in {b = 1, a = 2} : "${"$"}{k}${"$"}{v}"]
[for v in {b = 1, a = 2} : v]
{for k, v in toset(["a"]) : k => v}
{for x in [1, 2] : x => x}
{for i, x in ["a", "b", "a"] : x => i...}
{for k, v in {a = 1} : v => k...}
{for x in [1] : x => x if true}
[for x in [1] : x][0]
[for x in [[1, 2], [3]] : [for y in x : y + 1]]
[for s in ["a"] : s][*]`,

  collections: String.raw`
length([1, 2])
length("日本e\u0301")
length("")
length({a = 1})
core::length([1])
element([1, 2, 3], 4)
lookup({a = 1}, "b", "x")
lookup({a = 1, b = "x"}, "a", "y")
lookup({a = null}, "a", "x")
merge({a = 1}, null, {b = 2})
merge({a = 1}, {a = "x"})
merge()
concat([1], ["a"], [])
flatten([1, [2, [3, []]]])
flatten([[null]])
keys({b = 1, a = 2})
values({b = 1, a = "x"})
contains(["1"], 1)
contains([[1]], [1])
distinct([1, "1", 1])
distinct([[1], [1]])
slice([1, 2, 3], 1, 2)
sort(["b", "a", "B"])
sort([10, 9])
reverse([1, 2, "a"])
zipmap(["a", "a"], [1, 2])
range(3)
range(0)
range(1, 4)
range(3, 1)
range(10, 0, -3)
range(1, 2, 0.25)
index(["a", "b"], "b")
coalesce(null, 1, "a")
coalesce("", "b")
coalescelist([], [1], ["a"])
compact(["a", "", null, "b"])
chunklist([1, 2, 3], 2)
chunklist([1, 2, 3], 0)
one([])
one(["a"])
transpose({a = ["x", "y"], b = ["y"]})
alltrue([])
alltrue([true, "true"])
anytrue([])
anytrue([null, true])
matchkeys(["a", "b", "c"], ["x", "y", "x"], ["x"])
setunion(["a"], ["b", "a"])
setintersection(["a", "b"], ["b"])
setsubtract(["a", "b"], ["b"])
setproduct(["a", "b"], [1, 2])
setproduct(["a"], [])
setproduct(toset(["a"]), toset([1]))`,

  types: String.raw`
tostring(1.50)
tostring(null)
tostring(1e-7)
tonumber("1.50")
tonumber("1e3")
tobool("true")
tobool("1")
tolist(["a", 1])
toset(["b", "a", "b"])
toset([3, 10, 1])
toset([1, "a", true])
toset([[1], [1]])
tomap({a = 1, b = "x"})
try({a = 1}.b, "x")
try(null)
try(tonumber("a"), tonumber("b"), 3)
can({a = 1}.b)
can(1)
issensitive(1)
nonsensitive(sensitive("a"))
issensitive(sensitive(1))`,

  numbers: String.raw`
max(1, "3", 2)
max([1, 2]...)
min(1, 0.5)
abs(-1.5)
ceil(1.1)
ceil(-1.1)
floor(-1.1)
floor(0.1 * 3 * 10)
log(16, 2)
log(50, 10)
pow(2, 10)
pow(2, 0.5)
signum(-3)
signum(0)
parseint("ff", 16)
parseint("-101", 2)
parseint("zz", 36)
parseint("Z", 62)
sum([1, 2.5])
sum(["1", 2])`,

  strings: String.raw`
lower("ÀBC")
upper("éa")
title("hello wORLD foo-bar o'neil_x a1b éa")
trim("?!hello?!", "!?")
trimspace("  a \n")
trimprefix("helloworld", "hello")
trimsuffix("helloworld", "world")
startswith("ab", "a")
endswith("ab", "b")
strcontains("abc", "b")
strrev("e\u0301a")
substr("hello", -3, 2)
substr("hello", 1, -1)
substr("hello", 10, 1)
substr("hello", -10, 2)
substr("hello", 0, 100)
indent(2, "a\nb\n\nc")
chomp("a\r\n\r\n")
basename("/a/b.txt")
dirname("/a/b.txt")
basename("")
dirname("a/")
split(",", "a,b,,c")
split("", "日本")
split(",", "")
join("-", ["a", 1, true])
join("-", ["a"], ["b", "c"])
replace("a.b.c", ".", "-")
replace("hello", "/l+/", "L")
replace("hello world", "/(\\w+) (\\w+)/", "$2 $1")
replace("ab", "/(?P<x>a)/", "[$${"$"}{x}]")
replace("aXb", "/(?i)x/", "$0$0")
replace("ab", "/a/", "$1x")
replace("a/b", "/", "-")
replace("a-b_c", "/[^[:alnum:]]/", "")
replace("x1y", "/\\pL/", "_")
regex("[a-z]+", "53453453.345345aaabbbccc23454")
regex("(\\d\\d\\d\\d)-(\\d\\d)", "2019-02")
regex("^(?:(?P<scheme>[^:/?#]+):)?(?://(?P<authority>[^/?#]*))?", "https://terraform.io/docs/")
regex("(a)|(b)", "b")
regexall("[a-z]+", "1234abcd5678efgh9")
regexall("(a)(b)?", "abab a")
regexall("x", "a")
format("%s %d %5.2f|%-5s|%05d|%x|%X|%o|%b|%e|%t|%q|%v|%%", "a", 12, 3.14159, "ab", 42, 255, 255, 8, 5, 12345.678, true, "q\"<x", [1, "<"])
format("%[2]s %[1]s", "a", "b")
format("%+d % d %+d", 5, 5, -5)
format("%.3s|%6.2s|%5q|%010s", "abcdef", "xyz", "a", "b")
format("%f %.0f %g %G %e %E", 1.5, 2.5, 1e21, 1e-7, 0, 1.5)
format("%5t|%-7t|%s|%s", true, false, 1, true)
format("%08.3f|%+.1f", 3.14159, 2)
format("%v %v %v %v %v", 1.5, 1234567890, 0.00001, "<", true)
format("%g %g %g %g %.3g", 100000, 1234567, 0.1, 12345678.9, 1234.5)
format("%.2f %.1f %.2f %.3f", 0.125, 0.25, 1.005, 2)
format("%#v", "<")
formatlist("%s-%s", ["a", "b"], "x")
formatlist("%s", [])
formatlist("x")`,

  encoding: String.raw`
jsonencode({b = [1, null, true], a = "<x>&\u2028\"\\\n\t\u0001é"})
jsonencode(1e21)
jsonencode(toset(["b", "a"]))
jsondecode("{\"a\":[1,2.5,null],\"b\":\"x\"}")
jsonencode(jsondecode("\"\\b\\f\\u007f\""))
base64encode("héllo")
base64decode("aGk=")
urlencode("a b&c/d~e*f(é)'!")
csvdecode("a,b\n1,2\n\"x,y\",\"q\"\"r\"\n")
csvdecode("a\n")
csvdecode("a,b\n1,\n,\n")
md5("a")
sha1("a")
sha256("é")
sha512("a")
base64sha256("a")
base64sha512("a")
uuidv5("dns", "www.terraform.io")
uuidv5("url", "https://www.terraform.io/")
uuidv5("6ba7b810-9dad-11d1-80b4-00c04fd430c8", "a")`,

  network: String.raw`
cidrsubnet("10.0.0.0/8", 8, 2)
cidrsubnet("172.16.5.3/12", 4, 2)
cidrsubnet("fd00:fd12:3456:7890::/56", 16, 162)
cidrsubnets("10.1.0.0/16", 4, 4, 8, 4)
cidrsubnets("fd00::/48", 16, 16)
cidrsubnets("10.0.0.0/8")
cidrhost("10.12.112.0/20", 16)
cidrhost("10.12.112.0/20", -1)
cidrhost("fd00::/64", 5)
cidrhost("fd00::/64", -1)
cidrhost("2001:db8:0:1::/64", 0)
cidrhost("010.0.0.0/8", 1)
cidrnetmask("172.16.0.0/12")`,

  time: String.raw`
formatdate("DD MMM YYYY hh:mm ZZZ", "2018-01-02T23:12:01Z")
formatdate("EEEE, DD-MMM-YY hh:mm:ss ZZZ", "2018-01-02T23:12:01Z")
formatdate("EEE, DD MMM YYYY hh:mm:ss ZZZ", "2018-01-02T23:12:01-08:00")
formatdate("D M MM MMMM H HH AA aa h m s Z ZZZZ ZZZZZ 'o''clock'", "2018-01-02T13:02:01+05:30")
timeadd("2017-11-22T00:00:00Z", "10m")
timeadd("2017-11-22T00:00:00Z", "-1h30m5.5s")
timeadd("2017-11-22T00:00:00+02:00", "24h")
timecmp("2017-11-22T00:00:00Z", "2017-11-22T01:00:00+01:00")`,
};

/** Expressions that neither of the two gives a value. */
export const FAILURES: Readonly<Record<string, string>> = {
  "wrong types": String.raw`
"a" + 1
null + 1
1 + true
-true
!null
true && "x"
false && null
"a" < "b"
1 < 2 < 3
null ? 1 : 2
2 ? 1 : 0
"x" ? 1 : 2
true ? 1 : [1]
true ? true : 1
true ? {a = 1, c = [1]} : {b = 2}
"a${"$"}{null}"
"a${"$"}{[1]}"
{(null) = 1}
[for x in "abc" : x]
[for x in null : x]
{for x in ["a", "a"] : x => 1}`,
  "wrong steps": String.raw`
[1, 2][5]
[1, 2][-1]
[1, 2][0.5]
[1]["a"]
[1][null]
{a = 1}.b
{a = 1}["b"]
{a = 1}[null]
null.a
"abc".a
"abc"[0]
toset(["a"])[0]`,
  "wrong arguments": String.raw`
length(1)
length(null)
element([1, 2, 3], -1)
lookup({a = 1}, "b")
slice([1, 2, 3], 1, 5)
reverse("abc")
zipmap(["a", "b"], [1])
index(["a"], "x")
index([1, 2], "2")
coalesce("", "")
coalesce(true, 1)
one([1, 2])
sum([])
tomap({a = 1, b = [1]})
tolist("a")
tostring([1])
tonumber("0x10")
tonumber(" 1")
tonumber(true)
tobool(1)
tobool("TRUE")
sort(["b", null])
join("-", [null])
max()
max("a")
parseint("9", 8)
try({a = 1}.b, {a = 1}.c)
format("%s")
format("%s", "a", "b")
format("%s", [1])
format("%d", 1.5)
format("%*d", 5, 3)
format("%c", 65)
format("%x", "hi")
formatlist("%s-%s", ["a", "b"], ["x"])
regex("a", "b")
regex("(?=a)", "a")
jsondecode("[1")
base64decode("/w==")
csvdecode("a,b\n1")
csvdecode("a,a\n1,2")
csvdecode("")
uuidv5("x", "a")
cidrsubnet("10.0.0.0/8", 8, 256)
cidrsubnet("10.0.0.0/30", 8, 1)
cidrsubnet("10.0.0.0", 8, 1)
cidrsubnets("10.0.0.0/30", 1, 1, 1)
cidrhost("10.0.0.0/30", 4)
cidrnetmask("fd00::/64")
formatdate("x", "2018-01-02T23:12:01Z")
formatdate("EEE''x", "2018-01-02T23:12:01Z")
formatdate("'a", "2018-01-02T23:12:01Z")
formatdate("YYYY", "2018")
formatdate("YYYY", "2018-13-02T23:12:01Z")
timeadd("2017-11-22T00:00:00Z", "1d")`,
};

/** Strings as they stand in `cdk.tf.json`. */
export const TEMPLATES: readonly string[] = [
  "plain",
  "${1 + 1}",
  "${[1, 2]}",
  " ${1}",
  "a ${1 ~} \n\n  b",
  "a \n\n ${~ 1} b",
  "%{ if true ~}\n  yes\n\n%{~ else ~}\n no%{ endif }!",
  "%{ for x in [1, 2] ~}\n - ${x}\n%{ endfor ~}\n\n end",
  "%{ if true }a\n%{ endif ~}\n b",
  "%{ if true }${1}%{ endif }",
  "$$${1}|$$$${1}|$$|$|%%{x|%%%{ if true }%",
  "a  $${ ${~ 1}",
  "${1 ~}  $${ b",
  "a  $ ${~ 1 ~}  % b",
  '${upper("a\\n${1}b")}',
  '${"a \\n\\n ${~ 1 ~} \\n\\n b"}',
  "${{a=1\nb=2}}",
  "${1 # comment\n}",
  "x ${ \n 1 \n + 2 // three\n }",
  'C:\\dir "quoted" \t é',
];
