/* While somebody types: after a pause of 250 ms the letter is read by the rules of safety-engine.js, here, in the browser.
   The text is sent nowhere. A card never blocks and never hides itself. The rules are fetched when the first word is typed:
   those of emergencies and suicide first, the others right after. The field fills a phone's screen: as long as a card that
   was shown is out of sight, the strip with the numbers stays at the top and leads to it. */

const PAUSE = 250;
let engine;
const load = () => (engine ??= import("./safety-engine.js"));

/* category → severity of every danger that is urgent or an emergency, by all rules. */
export const dangers = async (text) => {
  const { dangers: read, complete } = await load();
  await complete;
  return read(text);
};

const strip = document.querySelector("[data-care-strip]");
const inSight = strip && new IntersectionObserver((entries) => { strip.hidden = entries.at(-1).isIntersecting; }, { rootMargin: "-64px 0px -128px" });

for (const place of document.querySelectorAll("[data-care-for]")) {
  const area = document.getElementById(place.dataset.careFor);
  const cards = [...place.querySelectorAll("[data-care]")];
  const look = async () => {
    const found = Object.keys((await load()).dangers(area.value));
    for (const card of cards.filter((one) => one.dataset.care.split(" ").some((category) => found.includes(category)))) {
      card.hidden = false;
      inSight?.observe(place);
    }
  };
  const start = () => (isStarted ||= load().then(({ complete }) => complete).then(look)); // once more when all rules are there
  let waiting, isStarted;
  area?.addEventListener("input", () => { start(); clearTimeout(waiting); waiting = setTimeout(look, PAUSE); });
  if (area?.value) { start(); look(); }
}
