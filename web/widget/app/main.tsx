import { render } from "preact";
import "@livesupport/shared/theme.css";

render(<h1>Chat</h1>, document.getElementById("app")!);
