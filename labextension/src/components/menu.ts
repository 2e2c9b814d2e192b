import { MenuSvg } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { ReadonlyJSONObject } from '@lumino/coreutils';

export interface IMenuItem {
  command: string;
  args?: ReadonlyJSONObject;
}

/** Open a menu of commands below `anchor`; null stands for a separator. */
export function openMenu(
  commands: CommandRegistry,
  anchor: Element,
  items: (IMenuItem | null)[]
): void {
  const menu = new MenuSvg({ commands });
  for (const item of items) {
    menu.addItem(item ? { type: 'command', ...item } : { type: 'separator' });
  }
  menu.aboutToClose.connect(() => {
    // The chosen command runs after the menu closed, and reads the menu's item until then.
    requestAnimationFrame(() => menu.dispose());
  }, menu);
  const box = anchor.getBoundingClientRect();
  menu.open(box.left, box.bottom);
}
