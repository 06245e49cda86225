// Says which requests an ad blocker refuses: reads [{ url, type, source }] from standard
// input, writes the filter that refuses each, or null.
import { readFileSync } from "node:fs";
import { FiltersEngine, Request } from "@ghostery/adblocker";

// EasyList and AdGuard's list of trackers, as blockers come with them.
const LISTS = [2, 3];
// Rules of EasyPrivacy that concern counters and are not in those.
const MORE = [".com/count?", "://hitcounter.", "://hit-counter."];

const lists = LISTS.map((number) => {
  const name = `@adguard/dnr-rulesets/dist/filters/declarative/ruleset_${number}/ruleset_${number}.json`;
  const rules = JSON.parse(readFileSync(new URL(`node_modules/${name}`, import.meta.url)));
  return rules[0].metadata.rawFilterList;
});
const engine = FiltersEngine.parse([...lists, ...MORE].join("\n"), {
  loadCosmeticFilters: false,
  debug: true, // it keeps the filters' text
});

const asked = JSON.parse(readFileSync(0));
const answers = asked.map(({ url, type, source }) => {
  const { match, filter } = engine.match(Request.fromRawDetails({ url, type, sourceUrl: source }));
  return match ? String(filter) : null;
});
process.stdout.write(JSON.stringify(answers));
