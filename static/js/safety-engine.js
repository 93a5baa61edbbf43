/* Reads a letter by the same rules as the server, in the browser; the text is sent nowhere. safety-rules.js is written
   from the one source by `make docs`. What the server does besides (reasons, places, the learned model) is not needed here.
   Emergencies and the wish to die come with the engine; all other rules follow at once, whatever is typed, in safety-more.js and,
   where two count only together, safety-together.js. */

import rules from "./safety-rules.js";

const MOST = 25_000;
const RANK = { "": 0, concern: 1, urgent: 2, emergency: 3 };
const JOINS = "'’‘ʼ`´′\u200b\u200c\u200d\u2060\ufeff\u00ad";
const WORD = new RegExp(
  `(?:\\p{L}\\.){2,}(?:[${JOINS}]?[dD](?![\\p{L}\\p{N}_]))?|[\\p{L}\\p{N}_$](?:[\\p{L}\\p{N}_$]|[${JOINS}!@$*]+(?=[\\p{L}\\p{N}_$]))*`, "gu");
const OVERDOSED = /^o\.?d\.?['’]?e?['’]d$/i;
const LETTERS = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t", 8: "b", "!": "i", "@": "a", $: "s" };
const PICTURES = { "💊": "pills", "🔫": "gun", "🔪": "knife", "🗡": "knife", "💉": "needle", "🩸": "blood", "⚰": "coffin" };
const UNIT = /^(\d{1,4})(yo|yr|yrs|year|years|mo|mos|am|pm|mg|mgs|wk|wks|days|day|hrs|hr|min|mins|months|weeks)$/;
const set = (words) => new Set(words.split(" "));
const TITLES = set("dr mr mrs ms st jr sr vs approx apt no");
const TURNS = set("and but so then because i now he she they also pero y");
const BREAKS = set("but however although though except until");
const SUBJECTS = set("i he she they hes shes hell shell hed shed im ill theyre we it");
const OTHER_EVENTS = set("died passed dead born married divorced retired moved graduated met");
const NOT_THAT = / (?:dont|doesnt|didnt|not|never) (?:ever |really |actually )?(?:think|believe|said|say|mean|claim|feel like)(?: that)? $/;

const table = new Map(Object.entries(rules.spelling));
const near = new Set(rules.near.split(" "));
const plainWords = (source) => source.replace(/\{[a-z_]+\}|[a-z0-9]+\*/g, " ").match(/[a-z0-9]+/g) ?? [];
const real = new Set([...near, ...rules.real.split(" ")]);
for (const source of Object.values(rules.vocabulary)) plainWords(source).forEach((word) => real.add(word));
const initials = new Set([...near].map((word) => word[0]));
const shorter = (word) => [...word].map((_, index) => word.slice(0, index) + word.slice(index + 1));
const deletes = new Map();
for (const word of [...near].sort()) for (const cut of shorter(word)) if (!deletes.has(cut)) deletes.set(cut, word);
const knows = (word) => near.has(word) || table.has(word);

const spell = (word) => {
  if (word.length > 1 && table.has(word)) return table.get(word);
  if (word.length < 6 || word.length > 20 || real.has(word) || !initials.has(word[0])) return word;
  let found = deletes.get(word);
  if (!found) for (const cut of shorter(word)) { found = near.has(cut) ? cut : deletes.get(cut); if (found) break; }
  return found && found[0] === word[0] ? found : word;
};

const plain = (token) => token.normalize("NFKC").normalize("NFD").replace(/\p{M}/gu, "").toLowerCase()
  .replace(new RegExp(`[${JOINS}._]`, "g"), "").replace(/(.)\1{2,}/gu, "$1");

const read = (token) => {
  if (OVERDOSED.test(token)) return ["overdosed"];
  const word = plain(token);
  const unit = UNIT.exec(word);
  if (unit) return [unit[1], unit[2]];
  if (/^\p{L}+$/u.test(word)) return [spell(word)];
  const decoded = [...word].map((sign) => LETTERS[sign] || sign).join("");
  if (!/^\d+$/.test(word) && /^\p{L}+$/u.test(decoded)) {
    const right = spell(decoded);
    if (knows(right) || real.has(right)) return [right];
  }
  return word.split(/[!@$*]+/).filter(Boolean).map(spell);
};

const joined = (words) => {
  const letters = words.filter((word) => /^[a-z]$/.test(word)).length;
  if (!letters) return words;
  const made = [];
  for (let index = 0; index < words.length;) {
    let run = index;
    while (run < words.length && /^[a-z]$/.test(words[run]) && run - index < 14) run += 1;
    const whole = words.slice(index, run).join("");
    if (run - index >= 3 && (knows(whole) || real.has(whole))) { made.push(spell(whole)); index = run; continue; }
    made.push(table.get(words[index].length === 1 ? words[index] : "") || words[index]);
    index += 1;
  }
  return made;
};

const ends = (gap, after, words, line) => {
  if (gap === " ." && /\p{Nd}/u.test(after)) return false;
  const stop = /[.!?…]|\n[ \t\r]*\n/.exec(gap);
  if (stop) {
    if (stop[0] !== "." || gap[0] !== ".") return true;
    const last = words[words.length - 1] || "";
    return gap.length === 1 && /\p{Ll}/u.test(after) ? last.length > 2 : !TITLES.has(last);
  }
  if (gap.includes("\n")) return !(line > 50 && /\p{Ll}/u.test(after));
  return /\p{So}/u.test(gap);
};

const sentences = (text) => {
  const made = [];
  let words = [], end = 0, count = 0;
  const close = () => { if (words.length) made.push(joined(words)); words = []; };
  const afterGap = (gap, at) => {
    if (gap === " ") return;
    for (const sign of gap) if (PICTURES[sign]) words.push(PICTURES[sign]);
    const quoted = /["“”«»„]/.test(gap);
    const before = quoted && words.length && !/^\s/.test(gap);
    if (before) words.push('"');
    if (ends(gap, text[at] || "", words, at - gap.length - text.lastIndexOf("\n", at - gap.length - 1))) close();
    else if (/[,;:()[\]–—/]|\s-+\s|--/.test(gap) && words.length) words.push(",");
    if (quoted && !before) words.push('"');
  };
  for (const run of text.matchAll(WORD)) {
    if ((count += 1) > 6000 || made.length === 1500) break;
    afterGap(text.slice(end, run.index), run.index);
    end = run.index + run[0].length;
    for (const word of read(run[0])) {
      if (words.length >= 60 || (words.length >= 28 && TURNS.has(word))) close();
      words.push(word);
    }
  }
  afterGap(text.slice(end), text.length);
  close();
  return made;
};

/* The small language of the rules: see workflow/safety/ways.py, of which this is the twin. */
const SPACE = '(?: [,"])? ';
const GAPS = { "~": "(?:[^ ]+ ){0,3}", "~~": "(?:[^ ]+ ){0,7}" };
const NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred few couple several";
const SIGNS = { "#": `(?:\\d{1,4}|${NUMBERS.replaceAll(" ", "|")})`, "@": "(?:19|20)\\d\\d" };
const LEXEME = /~~|~|\(|\)\??|\||[#@]\??|\{[a-z_]+\}\??|[a-z0-9,"]+\*?\??/g;
const COMMON = set("a an and the i me my we us our you he she they him her them his it is are was were be been am im hes shes theyre ive to of in on at for with that this so not no do did does dont didnt has have had will would can cant could going gonna go get got just up out all if or but by from about said says say told tell want wants know see");
const groups = {};

const written = (items, last) => items.map((item, index) => {
  if (index < last) return item.gap ? item.regex : item.optional ? `(?:${item.regex}${SPACE})?` : item.regex + SPACE;
  if (index === last) return item.regex;
  return item.gap ? "" : `(?:${SPACE}${item.regex})?`;
}).join("");

const worth = ({ tokens }) => (tokens.length ? (tokens.some((token) => COMMON.has(token)) ? 0 : 1e6) - tokens.length : -1e4);

/* → the regular expression, the words one of which is in every match, and the other words that it needs. */
const readWay = (source) => {
  const lexemes = source.match(LEXEME);
  let at = 0;
  const alternatives = () => {
    const branches = [sequence()];
    while (lexemes[at] === "|") { at += 1; branches.push(sequence()); }
    if (branches.length === 1) return branches[0];
    const isFound = branches.every((branch) => branch.tokens.length);
    return { regex: `(?:${branches.map((branch) => branch.regex).join("|")})`, needs: [],
      tokens: isFound ? [...new Set(branches.flatMap((branch) => branch.tokens))] : [] };
  };
  const sequence = () => {
    let items = [];
    while (at < lexemes.length && lexemes[at] !== "|" && lexemes[at][0] !== ")") items.push(item());
    items = items.slice(items.findIndex((one) => !one.gap));
    const required = items.filter((one) => !one.optional && !one.gap);
    const best = required.reduce((first, second) => (worth(second) > worth(first) ? second : first));
    const others = required.filter((one) => one !== best).flatMap((one) => [one.tokens, ...one.needs]);
    return { regex: written(items, items.lastIndexOf(required[required.length - 1])), tokens: best.tokens,
      needs: [...best.needs, ...others.filter((need) => need.length)] };
  };
  const item = () => {
    const lexeme = lexemes[at];
    at += 1;
    if (GAPS[lexeme]) return { regex: GAPS[lexeme], tokens: [], needs: [], gap: true };
    if (lexeme === "(") {
      const inside = alternatives();
      at += 1;
      return { ...inside, regex: `(?:${inside.regex})`, optional: lexemes[at - 1].endsWith("?") };
    }
    const optional = lexeme.endsWith("?"), name = optional ? lexeme.slice(0, -1) : lexeme;
    if (SIGNS[name]) return { regex: SIGNS[name], tokens: [], needs: [], optional };
    if (name[0] === "{") return { regex: groups[name].regex, tokens: groups[name].tokens, needs: [], optional };
    if (name.endsWith("*")) return { regex: `${name.slice(0, -1)}[^ ]{0,14}`, tokens: [name], needs: [], optional };
    return { regex: name, tokens: [name], needs: [], optional };
  };
  return alternatives();
};
for (const [name, source] of Object.entries(rules.vocabulary)) {
  const way = readWay(source);
  groups[`{${name}}`] = { ...way, regex: `(?:${way.regex})` };
}
const whole = (ways) => ` (?:${ways.map((way) => way.regex).join("|")})(?= )`;
export const pattern = (sources) => (sources.length ? whole(sources.map(readWay)) : "");

/* What stands around a mention: see workflow/safety/context.py. */
const flagged = (source) => new RegExp(source, "g");
const once = Object.fromEntries(Object.entries(rules.modifiers).map(([name, ways]) => [name, new RegExp(pattern(ways))]));
const idiom = flagged(pattern(rules.modifiers.idiom));
const times = rules.times.map(([days, ways]) => [days, flagged(pattern(ways))]);

const THAT = new Set(["that", "thats", "this", "it"]);
class Around {
  constructor(words, before) {
    this.words = words;
    this.before = before;
    if (before) before.after = this;
    this.text = ` ${words.join(" ")} `;
    this.starts = [];
    let place = 1;
    for (const word of words) { this.starts.push(place); place += word.length + 1; }
  }
  wordAt(place) { let index = this.starts.findIndex((start) => start > place); if (index < 0) index = this.starts.length; return Math.max(0, index - 1); }
  place(match) { return [this.wordAt(match.index + 1), this.wordAt(match.index + match[0].length - 1)]; }
  near(first, last) { return ` ${this.words.slice(Math.max(0, first), last + 1).join(" ")} `; }
  get times() {
    if (this.known) return this.known;
    const found = [];
    for (const [days, pattern] of times) for (const match of this.text.matchAll(pattern)) {
      const [first, last] = this.place(match);
      if (!this.words.slice(Math.max(0, first - 2), first).some((word) => OTHER_EVENTS.has(word))) found.push([first, last, days]);
    }
    this.known = found.filter((mark) => !found.some((other) => other !== mark && other[0] <= mark[0] && mark[1] <= other[1]
      && other[1] - other[0] > mark[1] - mark[0]));
    return this.known;
  }
  get isPresent() { return once.present.test(this.text); }
  daysAgo(first, last) {
    const distance = (mark) => Math.max(0, mark[0] - last, first - mark[1]);
    if (this.times.length) return [...this.times].sort((a, b) => distance(a) - distance(b) || a[2] - b[2])[0][2];
    const next = this.after;
    if (next && THAT.has(next.words[0]) && next.times.length) return next.times[0][2]; // "That was 2006."
    let around = this;
    for (let step = 0; step < 6; step += 1) {
      if (!around || around.isPresent) return null;
      around = around.before;
      if (around && around.times.length) return around.times[around.times.length - 1][2];
    }
    return null;
  }
  clause(first, reach, stopAtComma) {
    let start = first;
    while (start > 0 && first - start < reach) {
      const word = this.words[start - 1];
      if (BREAKS.has(word) || (stopAtComma && word === ",")) break;
      start -= 1;
    }
    return this.near(start, first - 1);
  }
  softened(rule, first, last) {
    if (!rule.ignores.includes("idiom")) for (const match of this.text.matchAll(idiom)) {
      const [start, end] = this.place(match);
      if (start <= last && first <= end) return "idiom";
    }
    for (const name of ["negation", "asked", "hypothesis", "fear", "media", "others", "loss"]) {
      if (rule.ignores.includes(name) || (name === "loss" && rule.category !== "overdose")) continue;
      if (name === "asked" && (!["suicide", "self_harm"].includes(rule.category) || once.not_asked.test(this.near(last + 1, last + 14)) || (this.after && once.not_asked.test(this.after.near(0, 6))))) continue;
      const told = name === "media" ? this.clause(first, 40, false) : "";
      const words = told && once.scene.test(told) ? told : name === "loss" ? this.near(first - 14, last + 14) : name === "others" ? this.near(first - 7, last)
        : ["negation", "fear"].includes(name) ? this.clause(first, 6, true) : this.clause(first, 14, false);
      if (!once[name].test(words)) continue;
      if ((name === "negation" || name === "others") && once[`not_${name}`].test(words)) continue;
      if (name === "negation" && first > 0 && SUBJECTS.has(this.words[first]) && !NOT_THAT.test(words)) continue;
      return name;
    }
    return "";
  }
}

/* Rules that administrators added stand in the page, ready made; they come after the shipped ones and take none of their work. */
const added = JSON.parse(document.querySelector("[data-more-rules]")?.dataset.moreRules ?? "[]");
const lines = (text) => (text ? text.split("\n") : []);
const ofAdded = (rule) => [{ tokens: [...rule.anchors, ...rule.prefixes.map((start) => `${start}*`)], needs: [] }];
const book = [], ways = new Map(), known = new Set(), lengths = new Set();
let compounds = [];
const know = (token) => { known.add(token); if (token.endsWith("*")) lengths.add(token.length - 1); };
const enter = (rule, made) => {
  const index = book.push(rule) - 1;
  for (const { tokens, needs } of made) {
    for (const token of tokens) {
      know(token);
      if (!ways.has(token)) ways.set(token, []);
      ways.get(token).push([index, needs]);
    }
    needs.flat().forEach(know);
  }
};
const ship = (all) => {
  for (const written of all) {
    const rule = { today: "", older: "concern", window: 14, ignores: [], tags: [], ...written };
    const made = lines(rule.ways).map(readWay);
    plainWords(rule.ways).forEach((word) => real.add(word));
    enter({ ...rule, source: whole(made) }, made);
  }
};
ship(rules.rules);
for (const rule of added) enter({ ...rule, source: rule.pattern, isAdded: true }, ofAdded(rule));

/* Settled when every rule is there; without the rest (a lost connection) the emergencies go on being seen. */
const rest = [import("./safety-more.js"), import("./safety-together.js")];
const use = ({ default: data }) => { ship(data.rules); compounds = data.compounds ?? compounds; };
export const complete = Promise.all(rest.map((file) => file.then(use, () => {})));

const candidates = (words) => {
  const here = new Set(), found = new Set();
  for (const word of words) {
    if (known.has(word)) here.add(word);
    for (const length of lengths) if (word.length >= length && known.has(`${word.slice(0, length)}*`)) here.add(`${word.slice(0, length)}*`);
  }
  for (const token of here) for (const [index, needs] of ways.get(token) ?? []) {
    if (!found.has(index) && needs.every((need) => need.some((word) => here.has(word)))) found.add(index);
  }
  return [...found].sort((a, b) => a - b);
};

/* Compiled when a letter first holds its words. */
const matchers = (rule) => (rule.matchers ??= [
  flagged(rule.source), rule.isAdded ? rule.except && new RegExp(rule.except) : rule.unless && new RegExp(pattern(lines(rule.unless))),
]);

const weighed = (rule, around, first, last) => {
  let severity = rule.severity, isSoft = false;
  const days = rule.ignores.includes("time") ? null : around.daysAgo(first, last);
  if (days !== null) {
    if (days <= 1 && rule.today) severity = rule.today;
    else if (days > rule.window) { severity = rule.older; isSoft = true; }
  }
  const name = around.softened(rule, first, last);
  if (name) { severity = RANK[severity] >= 2 && name !== "idiom" ? "concern" : ""; isSoft = true; }
  return [severity, isSoft];
};

/* category → severity of every danger that is urgent or an emergency. */
export const dangers = (text) => {
  const found = {}, tags = {}, mentions = new Map();
  const note = (category, severity) => { if (RANK[severity] > RANK[found[category] || ""]) found[category] = severity; };
  let before = null, left = 240_000, leftForAdded = 240_000;
  const letter = sentences([...text.slice(0, MOST * 2)].slice(0, MOST).join("")).map((words) => (before = new Around(words, before)));
  letter.forEach((around, number) => {
    const { words } = around;
    for (const index of candidates(words)) {
      const rule = book[index];
      const [matcher, except] = matchers(rule);
      if (rule.isAdded) leftForAdded -= around.text.length; else left -= around.text.length;
      if ((rule.isAdded ? leftForAdded : left) < 0 || (mentions.get(index) || 0) >= 24) continue;
      let here = 0;
      for (const match of around.text.matchAll(matcher)) {
        if ((here += 1) > 4) break;
        mentions.set(index, (mentions.get(index) || 0) + 1);
        const [first, last] = around.place(match);
        if (except && except.test(around.near(first - 8, last + 9))) continue;
        const [severity, isSoft] = weighed(rule, around, first, last);
        if (rule.severity && !severity) continue;
        note(rule.category, severity);
        if (!isSoft) for (const tag of rule.tags) (tags[tag] ||= []).push({ rule, sentence: number, first, last });
      }
    }
  });
  for (const compound of compounds) if (together(compound, tags)) note(compound.category, compound.severity);
  return Object.fromEntries(Object.entries(found).filter(([, severity]) => RANK[severity] >= 2));
};

const together = (compound, tags) => {
  const groups = compound.all.map((group) => group.flatMap((tag) => tags[tag] || []));
  const same = (a, b) => a.rule === b.rule && a.sentence === b.sentence && a.first === b.first && a.last === b.last;
  return groups[0].some((anchor) => {
    const chosen = [anchor];
    return groups.slice(1).every((group) => {
      const match = group.find((one) => !chosen.some((other) => same(one, other))
        && (!compound.within || Math.abs(one.sentence - anchor.sentence) <= compound.within));
      if (match) chosen.push(match);
      return match;
    });
  });
};
