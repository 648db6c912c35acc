import { render } from "preact";
import { App } from "./views/app";

const page = document.getElementById("page");
if (page) {
    history.scrollRestoration = "manual";
    page.replaceChildren();
    render(<App />, page);
}
