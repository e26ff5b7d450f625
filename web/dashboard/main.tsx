import { render } from "preact";
import "@livesupport/shared/theme.css";
import "@livesupport/shared/inter.css";

render(<h1>LiveSupport</h1>, document.getElementById("app")!);
