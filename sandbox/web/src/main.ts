/** Where the page begins. */

import { Page } from "./page";
import { opened } from "./store";

const embedded = new URLSearchParams(location.search).get("embed") === "1";
const { store, damaged } = await opened(location.hash);
const page = new Page(document.getElementById("page")!, store, embedded);

function back(): void {
  store.save();
  history.replaceState(null, "", location.pathname + location.search);
  location.reload();
}

if (damaged) page.tell("The link is damaged or cut short. This is what you wrote here before.", back);
else if (store.link && !embedded) page.tell("This came with a link. What you wrote here before is kept.", back);
addEventListener("hashchange", () => location.reload());
