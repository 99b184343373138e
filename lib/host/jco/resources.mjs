// The resources of a guest, and the instance that they live in.

/** An object that nobody has any more is dropped in the guest; jco's own way could throw where nobody catches. */
const forgotten = new FinalizationRegistry((handle) => {
  try {
    handle.drop();
  } catch {
    // A guest that fails at this has no caller to be told; its instance has ended.
  }
});

const handles = new WeakMap();

/** What an object of a resource's class stands for: jco's object `raw`, until it is dropped or given away. */
export class Handle {
  /** The handle of `object`, if it has one. */
  static of(object) {
    return handles.get(object);
  }

  constructor(object, raw, instance, resource, drop) {
    Object.assign(this, { raw, instance, resource });
    this.drop = () => this.raw && drop(this);
    handles.set(object, this);
    instance.handles.add(this);
    forgotten.register(object, this);
  }

  /** Gives jco's object away. */
  take() {
    const { raw } = this;
    this.raw = undefined;
    this.instance.handles.delete(this);
    return raw;
  }
}

/** One instance of the guest, which ends with the first call that does not return. */
export class Instance {
  functions = [];
  handles = new Set();
  /** What is to be dropped as soon as the guest is not running. */
  waiting = [];

  constructor(exports) {
    this.exports = exports;
  }

  end() {
    // jco's finalizers would enter it again. They cannot as long as jco's objects live, which is as long as their class.
    for (const handle of this.handles) {
      const raw = handle.take();
      raw.constructor.kept ??= [];
      raw.constructor.kept.push(raw);
    }
    this.exports = undefined;
    this.functions = undefined;
  }
}
